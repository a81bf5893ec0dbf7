import { expect, rowOf, test } from './console';

test('a hub that is killed is said to be away, and what was typed is kept', async ({
  signedIn: page,
  own,
  stage,
}) => {
  test.setTimeout(240_000);
  const away = page.getByText('The hub does not answer.');
  await page.getByRole('link', { name: 'Add a node' }).first().click();
  await page.getByLabel('Labels').first().fill('site=bergen');
  await expect(away).toBeHidden();
  // Another page of the same browser.
  const health = await page.context().newPage();
  await health.goto('/t/default/health');
  await expect(health.getByText(/^Ready, up /)).toBeVisible();
  await own.killed(async () => {
    await expect(away).toBeVisible();
    await expect(health.getByText('The hub does not answer.').first()).toBeVisible();
  });
  await expect(away).toBeHidden({ timeout: 60_000 });
  await expect(page.getByLabel('Labels').first()).toHaveValue('site=bergen');

  await expect(page.getByRole('button', { name: /^Notifications *\d+ unread$/ })).toBeVisible();
  await expect(health.getByText(/^Ready, up \d+ s$/)).toBeVisible();
  await expect(health.getByText('The hub does not answer.')).toHaveCount(0);
  await health.close();

  await page.getByRole('button', { name: 'Make the line' }).click();
  await expect(page.getByText('Waiting for the machine…')).toBeVisible();
  await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  const row = rowOf(page, stage.node);
  await expect(row).toContainText('Online', { timeout: 60_000 });
});
