import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './console';
import { figure, measuring, quantile } from './figures';
import { endAll, openTerminal, sees } from './terminal';

/*
 * What a terminal's reader waits for: the echo of a key, very much output, and large files. What is too long for
 * every day is only for `./bench --console`.
 */

const KEYS = measuring ? 400 : 20;
/** 50 MB where it is measured. */
const LAST = measuring ? 6_388_889 : 140_000;
const SIZE = (measuring ? 100 : 10) << 20;

interface Seen {
  bytes: number;
  /** The line that was seen last, of 1, 2, 3 and so on; and lines that are not the next. */
  line: number;
  wrong: number;
  began: number;
  ended: number;
  frames: number[];
  /** From a key or a click until what it does is painted. */
  answers: number[];
}

test('the echo of a key', async ({ signedIn: page, stage }) => {
  test.setTimeout(120_000);
  await openTerminal(page, stage);
  const waits = await page.evaluate(async (keys) => {
    const { xterm } = document.querySelector('.fl-terminal') as unknown as {
      xterm: import('@xterm/xterm').Terminal;
    };
    // From the moment that xterm tells what was typed until it has taken in what came back.
    let typed = 0;
    let shown = () => {};
    const write = xterm.write.bind(xterm);
    xterm.write = (data, done) =>
      write(data, () => {
        done?.();
        shown();
      });
    const waits: number[] = [];
    for (let i = 0; i < keys; i++) {
      await new Promise((later) => setTimeout(later, 30 + Math.random() * 40));
      const echoed = new Promise<void>((done) => {
        shown = done;
      });
      typed = performance.now();
      // A line that is never sent stays short.
      xterm.input(i % 20 === 19 ? '\x15' : 'x', true);
      await echoed;
      waits.push(performance.now() - typed);
    }
    xterm.write = write;
    return waits;
  }, KEYS);
  figure('terminal: echo of a key, p50', quantile(waits, 0.5), 'ms', 8);
  figure('terminal: echo of a key, p99', quantile(waits, 0.99), 'ms');
  await page.keyboard.press('Control+u');
  await endAll(page);
});

/** Reads along what the terminal is given, and looks how the page does meanwhile. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { xterm } = document.querySelector('.fl-terminal') as unknown as {
      xterm: import('@xterm/xterm').Terminal;
    };
    const seen: Seen = {
      bytes: 0,
      line: 0,
      wrong: 0,
      began: 0,
      ended: 0,
      frames: [],
      answers: [],
    };
    Object.assign(window, { seen });
    // A line that is a number and nothing else; what a shell draws before it ends with CR alone.
    let number = 0;
    let only = false;
    let back = false;
    const read = (bytes: Uint8Array) => {
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i] as number;
        if (byte === 10) {
          if (only && number === seen.line + 1) seen.line++;
          else if (only) seen.wrong++;
        }
        if (byte === 10 || (back && byte !== 13)) {
          number = 0;
          only = false;
        }
        back = byte === 13;
        if (byte >= 48 && byte <= 57) {
          only = number === 0 || only;
          number = number * 10 + byte - 48;
        } else if (byte !== 10 && byte !== 13) {
          only = false;
          number = -1e18;
        }
      }
    };
    const write = xterm.write.bind(xterm);
    xterm.write = (data, done) => {
      const bytes = data as Uint8Array;
      seen.bytes += bytes.length;
      seen.began ||= performance.now();
      read(bytes);
      write(data, () => {
        seen.ended = performance.now();
        done?.();
      });
    };
    let before = performance.now();
    const frame = () => {
      const now = performance.now();
      seen.frames.push(now - before);
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.answers.push(duration);
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  });
}

test('very much output: all of it, while the page listens', async ({ signedIn: page, stage }) => {
  test.setTimeout(220_000);
  await openTerminal(page, stage);
  await page.keyboard.type(`much=$(mktemp); seq 1 ${LAST} >$much; clear; echo wri''tten\n`);
  await sees(page, 'written\n');
  await watch(page);
  await page.keyboard.type('cat $much; rm $much\n');

  const seen = () => page.evaluate(() => (window as unknown as { seen: Seen }).seen);
  const acts = page.getByRole('button', { name: /What can be done/ });
  const menu = page.getByRole('menuitem', { name: 'Split to the right' });
  // Somebody uses the page meanwhile.
  let used = 0;
  await expect(async () => {
    await acts.click();
    await expect(menu).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(menu).toBeHidden();
    used++;
    const { line, wrong } = await seen();
    expect([line, wrong]).toEqual([LAST, 0]);
  }).toPass({ timeout: 180_000, intervals: [200] });
  await page.locator('.fl-terminal').click();
  await sees(page, `\n${LAST}\n`);

  const { bytes, began, ended, frames, answers } = await seen();
  figure(`terminal: cat of ${Math.round(bytes / 1e6)} MB, all of it`, (ended - began) / 1000, 's');
  figure('terminal: the longest frame meanwhile', Math.max(...frames), 'ms');
  figure(
    `terminal: a key or click until it is painted, the longest of ${used} uses of a menu meanwhile`,
    Math.max(0, ...answers),
    'ms',
    200,
  );
  await endAll(page);
});

test('files are copied both ways, with equal sums', async ({ signedIn: page, stage }) => {
  test.setTimeout(180_000);
  const bytes = randomBytes(SIZE);
  const name = 'a file, dropped.bin';
  const local = join(stage.folder, name);
  writeFileSync(local, bytes);
  await openTerminal(page, stage);
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /What can be done/ }).click();
  await page.getByRole('menuitem', { name: 'Upload files…' }).click();
  const uploading = Date.now();
  await (await choosing).setFiles(local);
  const copies = page.getByRole('region', { name: 'Copies of files' });
  await expect(copies.getByText(`On ${stage.node}`, { exact: true })).toBeVisible({
    timeout: 90_000,
  });
  figure(`upload of ${SIZE >> 20} MiB`, SIZE / 1000 / (Date.now() - uploading), 'MB/s');
  await page.keyboard.press('Escape');
  const sum = createHash('sha256').update(bytes).digest('hex');
  await page.locator('.fl-terminal').click();
  await page.keyboard.type(`sha256sum "$HOME/${name}"\n`);
  await sees(page, sum);

  const saving = page.waitForEvent('download', { timeout: 90_000 });
  await page.getByRole('button', { name: /What can be done/ }).click();
  await page.getByRole('menuitem', { name: 'Download a file…' }).click();
  await page.getByLabel('Path on the node').fill(`~/${name}`);
  const downloading = Date.now();
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  const saved = await (await saving).path();
  figure(`download of ${SIZE >> 20} MiB`, SIZE / 1000 / (Date.now() - downloading), 'MB/s');
  expect(createHash('sha256').update(readFileSync(saved)).digest('hex')).toBe(sum);
  rmSync(local);
  await page.locator('.fl-terminal').click();
  await page.keyboard.type(`rm "$HOME/${name}"; clear\n`);
  await endAll(page);
});
