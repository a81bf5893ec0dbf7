import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Download, Page } from '@playwright/test';
import { expect, test } from './console';
import { kept, picture } from './picture';
import { environment, type Stage } from './setup';

/* The pages about the hub itself, for its administrators. */

function cli(stage: Stage, ...words: string[]): string {
  return execFileSync(stage.fairlead, words, {
    env: environment(stage.folder),
    encoding: 'utf8',
  });
}

async function read(downloading: Promise<Download>): Promise<string> {
  return readFileSync(await (await downloading).path(), 'utf8');
}

const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

test('what the network must let through, in the form that somebody asks for', async ({
  signedIn: page,
  stage,
}) => {
  await page.getByRole('link', { name: 'Network', exact: true }).click();
  const port = new URL(stage.url).port;
  const machines = page.getByRole('table', { name: 'At each machine with an agent' });
  await expect(machines).toContainText(`tcp/${port}`);
  await expect(page.getByText('This hub can be reached from its own machine only')).toBeVisible();
  await picture(page, 'network');

  await page.getByText('nftables', { exact: true }).click();
  await expect(page).toHaveURL(/as=nft/);
  await expect(page.getByText('table inet filter')).toBeVisible();
  await page.reload();
  await expect(page.getByText('table inet filter')).toBeVisible();
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  expect(await copied(page)).toBe(cli(stage, 'ports', '--as', 'nft'));
  await page.getByText('CSV', { exact: true }).click();
  await expect(page.getByText('phase,role,direction')).toBeVisible();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a file' }).click();
  const csv = await read(downloading);
  expect(csv.replaceAll('\r\n', '\n')).toBe(cli(stage, 'ports', '--as', 'csv'));
  await page.getByRole('button', { name: 'Copy: Command line' }).click();
  expect(await copied(page)).toBe('fairlead ports --as csv');

  // On paper there is the table, and nothing to click.
  await page.emulateMedia({ media: 'print' });
  await expect(machines).toBeVisible();
  await expect(page.getByRole('navigation')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Print' })).toBeHidden();
});

test('how the hub is set up', async ({ signedIn: page, stage }) => {
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await expect(page.getByText(/^\d+ days left$/)).toBeVisible();
  await picture(page, 'settings');
  const settings = JSON.parse(cli(stage, 'settings', '--json')) as {
    identity: { fingerprint: string };
    tls: { chains: { fingerprint: string }[][] };
  };
  await page.getByRole('button', { name: 'Copy: Anchor' }).click();
  expect(await copied(page)).toBe(settings.identity.fingerprint);
  await page.getByRole('button', { name: 'Copy: SHA-256' }).click();
  expect(await copied(page)).toBe(settings.tls.chains[0]?.[0]?.fingerprint);
  await expect(page.getByRole('row', { name: /limits\.link\.memory/ })).toContainText('64 MiB');
});

test('how the hub does', async ({ signedIn: page, stage }) => {
  test.setTimeout(240_000);
  await page.getByRole('link', { name: 'Health', exact: true }).click();
  await expect(page.getByText(/^Ready, up /)).toBeVisible();
  const nodes = page.getByRole('img', { name: /^Nodes: now [1-9]/ });
  await expect(nodes).toBeVisible();
  // For pictures, a course that looks like one.
  if (kept) await page.waitForTimeout(60_000);
  await picture(page, 'health');
  // A node's link is there in the course as well, found by the keyboard.
  await nodes.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(nodes).toHaveAttribute('aria-describedby', /.+/);
  await page.keyboard.press('Escape');

  await page.getByText('6 hours', { exact: true }).click();
  await expect(page).toHaveURL(/span=6h/);
  await page.getByRole('button', { name: 'More' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export the figures as CSV' }).click();
  expect(await read(downloading)).toContain('fairlead_links node,fairlead_links client');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Copy as command line' }).click();
  expect(await copied(page)).toBe('fairlead health --span 6h');
  expect(cli(stage, 'health', '--span', '6h')).toMatch(/^links\{role=node\} +[1-9]/m);
});
