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
    await expect(page.getByText('1 of 2 nodes')).toBeVisible();
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
