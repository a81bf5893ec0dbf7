import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './console';
import { figure, measuring } from './figures';
import { Herd } from './herd';
import { standBack, watchTasks } from './processor';

/*
 * The fleet with very many nodes: that it is whole, live and searched, and how long that takes.
 * Every day only some of them are linked, for that many links at once take both processors.
 */

const NODES = Number(process.env.FAIRLEAD_HERD ?? 10_000);
const LINKED = measuring ? NODES : 200;
const FLAPS = 25;
const SECONDS = measuring ? 10 : 3;
const TENANT = 'herd';

async function onlineOf(page: Page): Promise<number> {
  const text = await page.getByText(/^Online \d+$/).textContent();
  return Number(text?.replace(/\D/g, ''));
}

test('a fleet of very many nodes is there at once, live, and searched while one types', async ({
  signedIn: page,
  stage,
}) => {
  test.setTimeout(400_000);
  // A tenant of their own: the others of this run have theirs for themselves.
  const { fingerprint, tenant } = await page.evaluate(async (name) => {
    const post = async (path: string, body: object) => {
      const answer = await fetch(`/api/v1/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as { id: string };
    };
    const hub = (await (await fetch('/api/v1/hub')).json()) as { fingerprint: string };
    const { id } = await post('tenants', { name });
    await post(`tenants/${name}/grants`, { user: 'admin@system', role: 'admin', logins: ['*'] });
    return { fingerprint: hub.fingerprint, tenant: id };
  }, TENANT);
  const herd = new Herd(stage, fingerprint);
  let comeBack = () => {};
  try {
    // Nobody looks on while machines are set up.
    await page.goto('about:blank');
    await herd.ask(`enrol ${join(stage.folder, 'data/hub/postgres')} ${tenant} ${NODES}`);
    await herd.ask(`link ${LINKED} 300`);

    // From the navigation until there are rows and the search takes what is typed.
    await page.addInitScript(() => {
      const seen = { interactive: 0, longest: 0 };
      Object.assign(window, { seen });
      const look = () => {
        const there =
          document.querySelector('input[type=search]') &&
          document.querySelector('[role=row][data-index]');
        if (there) seen.interactive = performance.now();
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) {
          seen.longest = Math.max(seen.longest, duration);
        }
      }).observe({ type: 'longtask', buffered: true });
    });
    await page.goto(`/t/${TENANT}/nodes`, { waitUntil: 'commit' });
    const search = page.getByRole('searchbox', { name: 'Search nodes' });
    await expect(search).toBeVisible();
    await page.waitForFunction(
      (all) =>
        Number(
          document.querySelector('[role=status]')?.textContent?.replace(/ nodes$|\D/g, '') ?? 0,
        ) >= all,
      NODES,
      { polling: 'raf' },
    );
    const whole = await page.evaluate(() => performance.now());
    const { interactive, longest } = await page.evaluate(
      () => (window as unknown as { seen: { interactive: number; longest: number } }).seen,
    );
    const allOnline = () =>
      expect.poll(() => onlineOf(page), { timeout: 60_000 }).toBeGreaterThanOrEqual(LINKED);
    await allOnline();

    if (measuring) comeBack = standBack(stage.folder);
    // What a key costs until the list shows what it means, for each of several.
    const filter = await page.evaluate(async () => {
      const input = document.querySelector<HTMLInputElement>('input[type=search]');
      const count = document.querySelector('[role=status]');
      if (!input || !count) throw new Error('no search');
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
      let worst = 0;
      for (const text of ['node-1', 'node-12', 'node-1', 'node', 'bookworm node-9', '']) {
        const before = count.textContent;
        const began = performance.now();
        set?.call(input, text);
        input.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise<void>((done) => {
          const frame = () =>
            count.textContent !== before || performance.now() - began > 1000
              ? done()
              : requestAnimationFrame(frame);
          requestAnimationFrame(frame);
        });
        if (count.textContent !== before) worst = Math.max(worst, performance.now() - began);
        await new Promise((done) => setTimeout(done, 300));
      }
      return worst;
    });
    await expect(search).toHaveValue('');

    // Links come and go: each flap is two changes.
    const longestOf = measuring ? await watchTasks(page) : null;
    await page.evaluate(() => {
      (window as unknown as { seen: { longest: number } }).seen.longest = 0;
    });
    const watching = page.evaluate(
      (seconds) =>
        new Promise<{ worst: number; long: number; frames: number; changes: number }>((done) => {
          const result = { worst: 0, long: 0, frames: 0, changes: 0 };
          const counts = [...document.querySelectorAll('label')].find((label) =>
            label.textContent?.startsWith('Online'),
          );
          let shown = counts?.textContent;
          let before = performance.now();
          const end = before + seconds * 1000;
          const frame = () => {
            const now = performance.now();
            result.worst = Math.max(result.worst, now - before);
            if (now - before > 50) result.long++;
            result.frames++;
            if (counts?.textContent !== shown) result.changes++;
            shown = counts?.textContent;
            before = now;
            if (now < end) requestAnimationFrame(frame);
            else done(result);
          };
          requestAnimationFrame(frame);
        }),
      SECONDS,
    );
    const { flapped } = await herd.ask(`flap ${FLAPS} ${SECONDS}`);
    const live = await watching;
    const busy = await page.evaluate(
      () => (window as unknown as { seen: { longest: number } }).seen.longest,
    );
    const worked = await longestOf?.();
    expect(live.changes).toBeGreaterThan(5);
    // And all come back by themselves.
    await allOnline();
    const nodes = `${NODES} nodes`;
    figure(`${nodes}: until the page takes what is typed`, interactive, 'ms', 1500);
    figure(`${nodes}: until all are there`, whole, 'ms');
    figure(`${nodes}: longest task until then`, longest, 'ms');
    figure(`${nodes}: filter by what is typed, the longest`, filter, 'ms', 50);
    figure(`${nodes}: longest frame at ${rate(flapped)} changes/s`, live.worst, 'ms', 50);
    figure(`${nodes}: longest task of the page at that (none above 50 ms: 0)`, busy, 'ms', 50);
    if (worked !== undefined) figure(`${nodes}: the same, of processor time`, worked, 'ms', 50);
    figure(`${nodes}: frames above 50 ms of ${live.frames}`, live.long, '', 0);
  } finally {
    comeBack();
    await herd.stop();
    await page.goto('/');
    await page.evaluate((name) => fetch(`/api/v1/tenants/${name}`, { method: 'DELETE' }), TENANT);
  }
});

/** Each flap is two changes. */
function rate(flapped: number | undefined): number {
  return Math.round((2 * (flapped ?? 0)) / SECONDS);
}
