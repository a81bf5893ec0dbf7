import type { Browser, Page } from '@playwright/test';
import { signIn, test } from './console';
import { figure, measuring, median } from './figures';
import type { Stage } from './setup';

/*
 * How long a first visit takes with an empty cache, on a machine that is four times slower than
 * this one: the largest paint, and how long the page does not listen; and how much it loads.
 */

const SLOWER = 4;
const VISITS = measuring ? 5 : 1;
/** After what the page shows, so long without a long task is the end of the visit. */
const QUIET_MILLIS = 1500;

interface Visit {
  lcp: number;
  /** The sum of what is beyond 50 ms of each long task after the first contents were painted. */
  tbt: number;
  /** The same from the navigation on. */
  all: number;
  /** Thousands of bytes of JavaScript that came over the network, packed. */
  script: number;
}

/**
 * Looks on from within, and says when what is waited for is there and the page has been quiet:
 * whoever asks from outside, as Playwright does, keeps the page busy by asking.
 */
async function watched(page: Page, there: string): Promise<void> {
  await page.addInitScript(
    ([there, quiet]) => {
      const seen = { lcp: 0, tbt: 0, all: 0, painted: 0, lastTask: 0, tasks: [] as number[][] };
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.lcp = entry.startTime;
      }).observe({ type: 'largest-contentful-paint', buffered: true });
      new PerformanceObserver((list) => {
        for (const { name, startTime } of list.getEntries()) {
          if (name === 'first-contentful-paint') seen.painted = startTime;
        }
      }).observe({ type: 'paint', buffered: true });
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) {
          seen.tasks.push([startTime, duration]);
          seen.lastTask = startTime + duration;
        }
      }).observe({ type: 'longtask', buffered: true });
      let from = 0;
      const look = () => {
        if (from === 0 && document.querySelector(there)) from = performance.now();
        if (from > 0 && performance.now() - Math.max(from, seen.lastTask) > quiet) {
          for (const [began = 0, length = 0] of seen.tasks) {
            seen.all += Math.max(0, length - 50);
            // As Lighthouse counts: what is beyond 50 ms of each task after the first contents.
            const after = Math.min(length, began + length - seen.painted);
            seen.tbt += Math.max(0, after - 50);
          }
          console.debug(JSON.stringify(seen));
        } else setTimeout(look, 100);
      };
      setTimeout(look, 100);
    },
    [there, QUIET_MILLIS] as const,
  );
}

/** A page of a browser that was never here, slowed down; and what it loads from now on. */
async function freshPage(
  browser: Browser,
  stage: Stage,
  there: string,
  signedIn?: Page,
): Promise<{ page: Page; scripts: () => number }> {
  const context = await browser.newContext({
    baseURL: stage.url,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    // What the figure is of; the hub would send brotli, which is smaller.
    extraHTTPHeaders: { 'Accept-Encoding': 'gzip' },
    ...(signedIn ? { storageState: await signedIn.context().storageState() } : {}),
  });
  const page = await context.newPage();
  await watched(page, there);
  const session = await context.newCDPSession(page);
  /** Their heads, which are not packed and not counted. */
  const scripts = new Map<string, number>();
  let bytes = 0;
  session.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script' || response.mimeType === 'text/javascript') {
      scripts.set(requestId, response.encodedDataLength);
    }
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const head = scripts.get(requestId);
    if (head !== undefined) bytes += encodedDataLength - head;
  });
  await session.send('Network.enable');
  await session.send('Network.clearBrowserCache');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  return { page, scripts: () => bytes / 1000 };
}

/** @param there what has to be on the page at the end of the visit */
async function visit(
  browser: Browser,
  stage: Stage,
  path: string,
  there: string,
  signedIn?: Page,
): Promise<Visit> {
  const { page, scripts } = await freshPage(browser, stage, there, signedIn);
  const told = page.waitForEvent('console', { predicate: (one) => one.type() === 'debug' });
  await page.goto(path, { waitUntil: 'commit' });
  const seen = JSON.parse((await told).text()) as Visit;
  if (process.env.FAIRLEAD_TASKS) {
    console.log(
      path,
      JSON.stringify(seen, (_, v) => (typeof v === 'number' ? Math.round(v) : v)),
    );
  }
  await page.context().close();
  return { ...seen, script: scripts() };
}

function say(name: string, visits: Visit[], mostScript: number): void {
  figure(`${name}: JavaScript, gzip`, median(visits.map((one) => one.script)), 'KB', mostScript);
  figure(`${name}: largest paint, 4x slower`, median(visits.map((one) => one.lcp)), 'ms', 1500);
  figure(`${name}: blocked from the navigation on`, median(visits.map((one) => one.all)), 'ms');
  figure(`${name}: blocked, 4x slower`, median(visits.map((one) => one.tbt)), 'ms', 300);
}

test('a first visit', async ({ browser, page, stage }) => {
  test.setTimeout(240_000);
  const first: Visit[] = [];
  for (let i = 0; i < VISITS; i++) {
    first.push(await visit(browser, stage, '/sign-in', 'button[type=submit]'));
  }
  say('sign-in', first, 150);

  await page.goto('/');
  await signIn(page, stage);
  const nodes: Visit[] = [];
  for (let i = 0; i < VISITS; i++) {
    nodes.push(await visit(browser, stage, '/t/default/nodes', '[role=row][data-index]', page));
  }
  say('nodes', nodes, 270);
});
