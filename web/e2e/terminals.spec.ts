import type { Page } from '@playwright/test';
import { expect, mustBeAccessible, test } from './console';
import { endAll, openTerminal, sees, text } from './terminal';

test('a shell on a node, that follows the size of the window', async ({
  signedIn: page,
  stage,
}) => {
  await openTerminal(page, stage);
  await page.keyboard.type('echo $(tput cols)x$(tput lines)\n');
  const size = () =>
    page.evaluate(() => {
      const one = document.querySelector('.fl-terminal') as unknown as {
        xterm: import('@xterm/xterm').Terminal;
      };
      return `${one.xterm.cols}x${one.xterm.rows}`;
    });
  const before = await size();
  await sees(page, before);
  await page.setViewportSize({ width: 900, height: 600 });
  await expect.poll(size).not.toBe(before);
  await page.keyboard.type('clear; echo $(tput cols)x$(tput lines)\n');
  await sees(page, await size());
  await mustBeAccessible(page);
  await endAll(page);
});

/** Those of other flows live on after their pages. */
async function endOthers(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { items } = (await (await fetch('/api/v1/terminals')).json()) as {
      items: { id: string }[];
    };
    for (const { id } of items) await fetch(`/api/v1/terminals/${id}`, { method: 'DELETE' });
  });
}

test('ten megabytes, and a page that is loaded anew in the middle', async ({
  signedIn: page,
  stage,
}) => {
  await endOthers(page);
  await openTerminal(page, stage);
  await page.keyboard.type('seq 1 1400000; echo fin-$?\n');
  await sees(page, /\n[0-9]{5}\n/);
  await page.reload();
  await expect(page.getByText('Yours, and not shown here')).toBeVisible();
  await page.getByRole('button', { name: 'Show here' }).click();
  await expect(page.locator('.fl-terminal[data-state=attached]')).toBeVisible();
  await sees(page, '1399999\n1400000\nfin-0\n');
  // What is kept on the screen has no gap.
  const numbers = (await text(page)).match(/^[0-9]+$/gm)?.map(Number) ?? [];
  expect(numbers.length).toBeGreaterThan(9_000);
  for (let at = 1; at < numbers.length; at++) expect(numbers[at]).toBe((numbers[at - 1] ?? 0) + 1);
  await endAll(page);
});

test('a network that is lost: it says so, keeps what is typed, and comes back', async ({
  signedIn: page,
  stage,
}) => {
  await page.addInitScript(() => {
    const sockets: WebSocket[] = [];
    Object.assign(window, {
      sockets,
      WebSocket: class extends WebSocket {
        constructor(url: string) {
          super(url);
          sockets.push(this);
        }
      },
    });
  });
  await openTerminal(page, stage);
  await page.context().setOffline(true);
  await page.evaluate(() => {
    // Chromium lets sockets live that were open before.
    for (const socket of (window as unknown as { sockets: WebSocket[] }).sockets) socket.close();
  });
  await expect(page.getByText('Reconnecting')).toBeVisible();
  await page.keyboard.type("echo while-a''way\n");
  await page.context().setOffline(false);
  await expect(page.getByText(/Back after .* Nothing was lost/)).toBeVisible();
  await sees(page, 'while-away\n');
  await endAll(page);
});

test('tabs, splits, search, copy and paste', async ({ signedIn: page, stage }) => {
  await openTerminal(page, stage);
  const acts = page.getByRole('button', { name: /What can be done/ });
  await acts.click();
  await page.getByRole('menuitem', { name: 'Split to the right' }).click();
  await expect(page.locator('.fl-terminal[data-state=attached]')).toHaveCount(2);
  await page.keyboard.type("echo ne''edle; echo sec''ond\n");
  await sees(page, 'second\n');
  // The line between them, by the pointer and by the keyboard.
  const line = page.getByRole('separator');
  await expect(line).toHaveAttribute('aria-valuenow', '50');
  const at = (await line.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(at.x, at.y + at.height / 2);
  await page.mouse.down();
  await page.mouse.move(at.x + 200, at.y + at.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect(line).not.toHaveAttribute('aria-valuenow', '50');
  await line.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(line).toHaveAttribute('aria-valuenow', '15');
  await mustBeAccessible(page);
  await page.keyboard.press('Enter');
  await expect(line).toHaveAttribute('aria-valuenow', '50');
  await page.locator('.fl-terminal').last().click();
  await page.keyboard.press('Control+Shift+F');
  await page.getByPlaceholder('Find in the output').fill('needle');
  await expect(page.getByText('1 of 1')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.evaluate(() => navigator.clipboard.writeText('echo pas$((3*4))ted'));
  await acts.click();
  await page.getByRole('menuitem', { name: 'Paste' }).click();
  await sees(page, 'pas$((3*4))ted');
  await expect(page.locator('.fl-terminal textarea:focus')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await sees(page, 'pas12ted\n');
  await page.getByRole('button', { name: 'Open a terminal' }).click();
  await page.getByRole('menuitem', { name: stage.node }).click();
  await expect(page.getByRole('list', { name: 'Terminals' }).getByRole('listitem')).toHaveCount(2);
  // A shell that is ended while it starts may leave locks of its start-up files behind.
  await page.keyboard.type("echo thi''rd\n");
  await sees(page, 'third\n');
  for (let left = 2; left > 0; left--) {
    await page
      .getByRole('button', { name: /^Close / })
      .first()
      .click();
  }
  await expect(page.getByRole('heading', { name: 'No terminal is open' })).toBeVisible();
});

test('output cannot inject', async ({ signedIn: page, stage }) => {
  await openTerminal(page, stage);
  await page.keyboard.type(
    `printf '\\033]0;<img src=x onerror=alert(1)>\\007<script>document.title="owned"</script>\\033]8;;javascript:alert(1)\\033\\\\click\\033]8;;\\033\\\\\\n'; echo do''ne\n`,
  );
  await sees(page, 'done\n');
  expect(await page.locator('img[src=x], script:not([src])').count()).toBe(0);
  expect(await page.title()).not.toBe('owned');
  await endAll(page);
});
