import type { Page } from '@playwright/test';
import { expect } from './console';
import type { Stage } from './setup';

/* What flows about terminals do and see. */

/** All that the terminal with the keyboard shows, scrolled-off lines too. */
export async function text(page: Page): Promise<string> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll('.fl-terminal')];
    const one = all.find((each) => each.contains(document.activeElement)) ?? all.at(-1);
    const { buffer } = (one as unknown as { xterm: import('@xterm/xterm').Terminal }).xterm;
    const lines: string[] = [];
    for (let at = 0; at < buffer.active.length; at++) {
      const line = buffer.active.getLine(at);
      const shown = line?.translateToString(true) ?? '';
      if (line?.isWrapped) lines[lines.length - 1] += shown;
      else lines.push(shown);
    }
    return lines.join('\n');
  });
}

export async function sees(page: Page, what: string | RegExp, timeout = 30_000): Promise<void> {
  const wanted = typeof what === 'string' ? what : expect.stringMatching(what);
  await expect(async () => {
    if (typeof what === 'string') expect(await text(page)).toContain(wanted);
    else expect(await text(page)).toMatch(what);
  }).toPass({ timeout });
}

export async function openTerminal(page: Page, stage: Stage): Promise<void> {
  await page.goto(`/t/default/nodes/${stage.node}`);
  await page.getByRole('link', { name: 'Terminal', exact: true }).click();
  await expect(page.getByRole('region', { name: `Terminal on ${stage.node}` })).toBeVisible();
  await expect(page.locator('.fl-terminal[data-state=attached]')).toBeVisible();
  await page.keyboard.type("PS1='$ '; echo rea''dy\n");
  await sees(page, 'ready\n');
}

export async function endAll(page: Page): Promise<void> {
  await page.locator('.fl-terminal').first().click();
  await page.keyboard.type('exit\n');
  await expect(page.getByText('The shell has ended.')).toBeVisible();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'No terminal is open' })).toBeVisible();
}
