import { execFileSync } from 'node:child_process';
import type { Page } from '@playwright/test';
import { TestAgent } from './agents';
import { expect, mustBeAccessible, rowOf, test } from './console';
import { picture } from './picture';
import { environment } from './setup';

/* What is done with many nodes: views, bulk acts, the picture, and notices. */

const agents: TestAgent[] = [];

test.beforeAll(({ stage }) => {
  const line = execFileSync(
    stage.fairlead,
    ['token', 'create', '--join', '--uses', '2', '--label', 'site=bergen'],
    { env: environment(stage.folder), encoding: 'utf8' },
  );
  for (const name of ['many-1', 'many-2']) {
    const agent = new TestAgent(stage, name);
    agents.push(agent);
    agent.join(line);
  }
});

test.afterAll(async () => {
  for (const agent of agents) await agent.stop();
});

/** The rows of the two nodes that these tests made. */
const rowsOf = (page: Page) => page.getByRole('row').filter({ hasText: 'site=bergen' });

async function chooseBoth(page: Page): Promise<void> {
  await expect(rowsOf(page)).toHaveCount(2);
  for (const row of await rowsOf(page).all()) await row.getByRole('checkbox').check();
  await expect(page.getByRole('toolbar', { name: '2 nodes chosen' })).toBeVisible();
}

test('nodes that are chosen get a label, and a view of them a name', async ({
  signedIn: page,
  stage,
}) => {
  await chooseBoth(page);
  await picture(page, 'chosen');
  await page.getByRole('button', { name: 'Set a label' }).click();
  const dialog = page.getByRole('dialog');
  const label = dialog.getByRole('textbox', { name: 'Label' });
  await label.fill('Role=test');
  await expect(dialog.getByText(/^A label is KEY=VALUE/)).toBeVisible();
  await label.fill('role=test');
  await dialog.getByRole('button', { name: 'Copy as command line' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^(fairlead node label \S+ role=test\n){2}$/,
  );
  await dialog.getByRole('button', { name: 'Set it' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'role=test' })).toHaveCount(2);

  // A view with a name, found again after a reload, also by typing it.
  await page.goto('/t/default/nodes?labels=role%3Dtest');
  await expect(rowsOf(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Save this view…' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Test machines');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Not only nodes with role=test' }).click();
  await expect(rowOf(page, stage.node)).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Test machines', exact: true }).click();
  await expect(page).toHaveURL(/labels=role(%3D|=)test/);
  await expect(rowOf(page, stage.node)).toBeHidden();
  await page.getByRole('searchbox').fill('no such node');
  await expect(page.getByText('No node matches.')).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Go to a node or a page').fill('test mach');
  await page.getByRole('button', { name: 'Test machines' }).click();
  await expect(rowsOf(page)).toHaveCount(2);
});

test('the hub and its nodes as a picture', async ({ signedIn: page }) => {
  await page.getByText('Picture', { exact: true }).click();
  await expect(page).toHaveURL(/view=picture/);
  await page.goto('/t/default/nodes?view=picture&by=site');
  await expect(page.getByRole('img', { name: /^The hub with [3-9] nodes/ })).toBeVisible();
  await picture(page, 'picture');
  await page.getByRole('button', { name: /^bergen/ }).click();
  await expect(page).toHaveURL(/site(%3D|=)bergen/);
  await expect(page.getByRole('img', { name: /^The hub with 2 nodes/ })).toBeVisible();
  await page.getByText('Table', { exact: true }).click();
  await expect(rowsOf(page)).toHaveCount(2);
});

test('a node that is lost is told, when it has had its time to come back', async ({
  signedIn: page,
}) => {
  await page.clock.install();
  await page.reload();
  agents[0]?.run();
  await expect(rowsOf(page).filter({ hasText: 'Online' })).toHaveCount(1);
  await agents[0]?.stop();
  await expect(rowsOf(page).filter({ hasText: 'Online' })).toHaveCount(0);
  await expect(page.getByText('A node lost its link')).toBeHidden();
  await page.clock.fastForward('00:21');
  await expect(page.getByText('A node lost its link')).toBeVisible();
  await page.getByRole('button', { name: /^Notifications *\d+ unread$/ }).click();
  const list = page.getByRole('dialog', { name: 'Notifications' });
  await expect(list.getByText('A node lost its link')).toBeVisible();
  // The toast has gone.
  await expect(page.getByText('A node lost its link')).toHaveCount(1);
  await mustBeAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Notifications', exact: true })).toBeVisible();
});

test('nodes are removed only when it is typed how many', async ({ signedIn: page, stage }) => {
  await chooseBoth(page);
  await page.getByRole('button', { name: 'Remove…' }).click();
  const remove = page.getByRole('dialog').getByRole('button', { name: 'Remove them' });
  await expect(remove).toBeDisabled();
  await page.getByLabel('Type remove 2 to confirm').fill('remove 2');
  await remove.click();
  await expect(rowsOf(page)).toHaveCount(0);
  await expect(rowOf(page, stage.node)).toBeVisible();
});
