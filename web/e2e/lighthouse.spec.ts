import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { expect, signIn, test } from './console';
import { figure } from './figures';

/*
 * Lighthouse on each page: accessibility and best practices at least 95. It is not among the
 * libraries of the console, for it is as large as all of them together; later ones than 12 need a
 * newer Node.js than Debian has:
 *
 *     npm install --no-save lighthouse@12.8.2 && npm run e2e e2e/lighthouse
 */

const LEAST = 95;
const PAGES = [
  'nodes',
  'nodes?view=picture',
  'nodes/NODE',
  'terminals',
  'add',
  'sessions',
  'access',
  'audit',
  'network',
  'health',
  'settings',
  'account',
];

type Lighthouse = (
  url: string,
  flags: Record<string, unknown>,
) => Promise<{
  lhr: {
    categories: Record<
      string,
      { score: number | null; auditRefs: { id: string; weight: number }[] }
    >;
    audits: Record<string, { score: number | null; title: string; scoreDisplayMode: string }>;
  };
}>;

async function found(): Promise<Lighthouse | null> {
  const name = 'lighthouse';
  try {
    return ((await import(name)) as { default: Lighthouse }).default;
  } catch {
    return null;
  }
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

test('every page by Lighthouse', async ({ stage }) => {
  const lighthouse = await found();
  test.skip(lighthouse === null, 'lighthouse is not installed');
  if (!lighthouse) return;
  test.setTimeout(600_000);
  const port = await freePort();
  const profile = mkdtempSync(join(tmpdir(), 'fairlead-lighthouse-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.FAIRLEAD_CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    env: { ...process.env, HOME: stage.home } as Record<string, string>,
    args: [`--remote-debugging-port=${port}`],
    baseURL: stage.url,
    locale: 'en-GB',
  });
  const wrong: string[] = [];
  const least = new Map<string, number>();
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    const run = async (path: string) => {
      const { lhr } = await lighthouse(`${stage.url}${path}`, {
        port,
        onlyCategories: ['accessibility', 'best-practices'],
        disableStorageReset: true,
        formFactor: 'desktop',
        screenEmulation: { mobile: false, width: 1440, height: 900, deviceScaleFactor: 1 },
        throttlingMethod: 'provided',
        logLevel: 'error',
      });
      for (const [name, { score, auditRefs }] of Object.entries(lhr.categories)) {
        const points = Math.round((score ?? 0) * 100);
        const failed = auditRefs
          .filter(({ id, weight }) => weight > 0 && (lhr.audits[id]?.score ?? 1) < 1)
          .map(({ id }) => `${id} (${lhr.audits[id]?.title})`);
        const line = `${path}: ${name} ${points}${failed.length ? `: ${failed.join(', ')}` : ''}`;
        console.log(line);
        if (points < LEAST) wrong.push(line);
        least.set(name, Math.min(points, least.get(name) ?? 100));
      }
    };
    await run('/sign-in');
    await page.goto('/');
    await signIn(page, stage);
    for (const one of PAGES) await run(`/t/default/${one.replace('NODE', stage.node)}`);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
  for (const [name, points] of least) {
    figure(`Lighthouse: ${name}, the least of ${PAGES.length + 1} pages`, points, 'of 100');
  }
  expect(wrong).toEqual([]);
});
