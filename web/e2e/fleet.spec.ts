import { readFileSync } from 'node:fs';
import { expect, mustBeAccessible, rowOf, test } from './console';

test('the fleet shows the node, and its address says what is shown', async ({
  signedIn: page,
  stage,
}) => {
  const table = page.getByRole('table', { name: 'Nodes' });
  const row = rowOf(page, stage.node);
  await expect(row).toContainText('Online');
  await mustBeAccessible(page);

  await page.getByRole('searchbox', { name: 'Search nodes' }).fill('nothing has this');
  await expect(page.getByText('No node matches.')).toBeVisible();
  await expect(page).toHaveURL(/q=nothing/);
  await page.reload();
  await expect(page.getByRole('searchbox', { name: 'Search nodes' })).toHaveValue(
    'nothing has this',
  );
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await expect(row).toBeVisible();

  await page.getByText(/^Offline \d+$/).click();
  await expect(row).toBeHidden();
  await expect(page).toHaveURL(/state=offline/);
  await page.getByText('All', { exact: true }).click();
  await expect(row).toBeVisible();

  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Architecture' }).click();
  await expect(table.getByRole('columnheader', { name: /Architecture/ })).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'More' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export as CSV' }).click();
  const csv = readFileSync(await (await downloading).path(), 'utf8');
  expect(csv).toContain(`,${stage.node},online,`);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Copy as command line' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('fairlead nodes');
});

test('a node has a page, reached by the keyboard alone', async ({ signedIn: page, stage }) => {
  await expect(page.getByRole('link', { name: stage.node, exact: true })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Go to a node or a page').fill(stage.node);
  await expect(
    page.getByRole('button', { name: new RegExp(`^${stage.node}`) }).first(),
  ).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/nodes/${stage.node}$`));
  await expect(page.getByRole('heading', { level: 1, name: stage.node })).toBeVisible();
  await expect(page.getByText('loopback', { exact: true })).toBeVisible();
  await expect(page.getByText(/ of .*GiB/).first()).toBeVisible();
  await mustBeAccessible(page);

  await page.goto('/t/default/nodes/no-such-node');
  await expect(page.getByText('There is no such node')).toBeVisible();
  await page.goto('/no/such/page');
  await expect(page.getByText('There is no such page')).toBeVisible();
  await mustBeAccessible(page);
});
