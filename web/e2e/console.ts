import {
  type BrowserContext,
  expect,
  type Locator,
  type Page,
  test as base,
} from '@playwright/test';
import axe from 'axe-core';
import { type OwnStage, type Stage, startStage } from './setup';

export { expect };

type State = Awaited<ReturnType<BrowserContext['storageState']>>;

/**
 * Each worker has a hub and an agent of its own, which its flows share, and signs in once. Nothing
 * may have broken the content policy or failed in the page at the end.
 */
export const test = base.extend<
  { signedIn: Page },
  { own: OwnStage; stage: Stage; state: { kept?: State } }
>({
  own: [
    async ({}, use) => {
      const own = await startStage();
      await use(own);
      await own.stop();
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  stage: [async ({ own }, use) => use(own.stage), { scope: 'worker' }],
  state: [async ({}, use) => use({}), { scope: 'worker' }],
  launchOptions: [
    async ({ stage }, use) => {
      await use({
        executablePath: process.env.FAIRLEAD_CHROMIUM ?? '/usr/bin/chromium-headless-shell',
        // The browser trusts the hub's CA by this home; errors of certificates stay errors.
        env: { ...process.env, HOME: stage.home } as Record<string, string>,
      });
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ stage }, use) => use(stage.url),
  locale: 'en-GB',
  timezoneId: 'Europe/Oslo',
  viewport: { width: 1440, height: 900 },
  context: async ({ context, stage }, use) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: stage.url });
    const wrong: string[] = [];
    await context.exposeFunction('told', (what: string) => wrong.push(what));
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const told = (window as unknown as { told: (what: string) => void }).told;
        if (!(window as unknown as { expected?: boolean }).expected) {
          told(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
        }
      });
    });
    context.on('weberror', (error) => wrong.push(String(error.error())));
    await use(context);
    expect(wrong).toEqual([]);
  },
  signedIn: async ({ page, context, stage, state }, use) => {
    if (state.kept) {
      await context.setStorageState(state.kept);
      await page.goto('/');
      await expect(page.getByRole('heading', { name: 'Nodes', level: 1 })).toBeVisible();
    } else {
      await page.goto('/');
      await signIn(page, stage);
      state.kept = await context.storageState();
    }
    await use(page);
  },
});

export async function signIn(page: Page, stage: Stage): Promise<void> {
  await page.getByLabel('User').fill(stage.user);
  await page.getByLabel('Password', { exact: true }).fill(stage.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Nodes', level: 1 })).toBeVisible();
}

/** The row of a node in the fleet. */
export function rowOf(page: Page, node: string): Locator {
  return page.getByRole('row').filter({ has: page.getByRole('link', { name: node, exact: true }) });
}

/** axe finds nothing, as soon as what moves or changes its colours has come to rest. */
export async function mustBeAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  await expect(async () => {
    const found = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      });
      return violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`,
      );
    });
    expect(found).toEqual([]);
  }).toPass({ timeout: 5_000, intervals: [250] });
}
