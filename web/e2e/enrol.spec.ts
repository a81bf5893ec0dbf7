import { TestAgent } from './agents';
import { expect, mustBeAccessible, test } from './console';

test('a machine is added by one line, is greeted, comes and goes', async ({
  signedIn: page,
  stage,
}) => {
  await page.getByRole('link', { name: 'Add a node' }).first().click();
  await page.getByLabel('Labels').first().fill('site=oslo, Role=x');
  await expect(page.getByText(/“Role=x” is no label/)).toBeVisible();
  await page.getByLabel('Labels').first().fill('site=oslo, role=build');
  await mustBeAccessible(page);
  await page.getByRole('button', { name: 'Make the line' }).click();
  await expect(page.getByText('Waiting for the machine…')).toBeVisible();
  await mustBeAccessible(page);
  const line = (await page.locator('pre').last().textContent()) ?? '';

  const agent = new TestAgent(stage, 'oslo');
  try {
    agent.join(line);
    agent.run();
    await expect(page.getByText(/ is here$/)).toBeVisible();
    await page.getByRole('link', { name: 'Open it' }).click();
    await expect(page.getByText('site=oslo')).toBeVisible();
    await expect(page.getByText('Online', { exact: true })).toBeVisible();

    await page.getByRole('link', { name: 'Nodes' }).first().click();
    await page.getByRole('search').getByRole('button', { name: 'Labels' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'site=oslo' }).click();
    await expect(page).toHaveURL(/labels=site/);
    await expect(page.getByText(/^1 of \d+ nodes$/)).toBeVisible();
    const row = page.getByRole('row').filter({ hasText: 'role=build' });
    await expect(row).toContainText('Online');
    // Another page hears the same by the stream of the first, and goes on without it.
    const other = await page.context().newPage();
    await other.goto(page.url());
    const sameRow = other.getByRole('row').filter({ hasText: 'role=build' });
    await expect(sameRow).toContainText('Online');
    await agent.stop();
    await expect(row).toContainText('Offline');
    await expect(sameRow).toContainText('Offline');
    await page.close();
    agent.run();
    await expect(sameRow).toContainText('Online');
  } finally {
    await agent.stop();
  }
});

test('a machine that waits with a code is told of, compared, approved and greeted', async ({
  signedIn: page,
  stage,
}) => {
  const root = process.getuid?.() === 0;
  const agent = new TestAgent(stage, 'paired');
  // Only root may work as somebody else.
  if (root) agent.configure('logins: [root, nobody]\n');
  try {
    const { fingerprint } = await page.evaluate(
      async () => (await (await fetch('/api/v1/hub')).json()) as { fingerprint: string },
    );
    const { code, joined } = await agent.pair(fingerprint);
    await expect(page.getByText('A machine waits with a code')).toBeVisible();
    await page.getByRole('link', { name: 'Approve a code' }).click();
    await expect(page).toHaveURL(/\/add\?by=code$/);
    await page.getByLabel('Pairing code').fill(code.toLowerCase());
    await page.getByRole('button', { name: 'Look it up' }).click();
    await mustBeAccessible(page);
    await page.getByLabel('Name as a node').fill('paired');
    await page.getByRole('button', { name: 'curl: Copy as curl' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /^curl -X POST .*"name":"paired".*\/default\/pairings\/approvals$/,
    );
    await page.getByRole('button', { name: 'They are the same: approve' }).click();
    await joined;
    agent.run();
    await expect(page.getByText('paired is here')).toBeVisible();
    await page.getByRole('link', { name: 'Open it' }).click();
    if (!root) return;

    // As whom, where the grants and the node allow several.
    await page.getByRole('button', { name: 'As whom on paired?' }).click();
    await page.getByRole('menuitem', { name: 'nobody' }).click();
    await expect(page.getByRole('region', { name: 'Terminal on nobody@paired' })).toBeVisible();
    // Nobody's shell says that there is none.
    await expect(page.locator('.fl-terminal[data-state=ended]')).toBeVisible();
    await page.goto('/t/default/nodes/paired');
    await expect(page.getByRole('link', { name: 'Terminal as nobody' })).toBeVisible();
  } finally {
    await agent.stop();
  }
});
