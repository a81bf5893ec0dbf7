import { TestAgent } from './agents';
import { expect, rowOf, test } from './console';
import { endAll, openTerminal, sees, text } from './terminal';

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

/** Some twenty seconds of output, in which the hub is away. */
const LINES = 1500;

test('a terminal outlives a hub that is killed: what was typed, and each line once', async ({
  signedIn: page,
  own,
  stage,
}) => {
  test.setTimeout(300_000);
  // The quickstart's own agent ends with it.
  const agent = new TestAgent(stage, 'outlives');
  try {
    const { joinLine } = await page.evaluate(async () => {
      const answer = await fetch('/api/v1/tenants/default/enrolment-tokens', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ labels: { site: 'outlives' } }),
      });
      return (await answer.json()) as { joinLine: string };
    });
    agent.join(joinLine);
    agent.run();
    const row = page.getByRole('row').filter({ hasText: 'site=outlives' });
    await expect(row).toContainText('Online');
    const node = (await row.getByRole('link').first().textContent()) ?? '';

    await openTerminal(page, { ...stage, node });
    await page.keyboard.type(
      `stty -echo; i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo $i; sleep 0.01; done; ` +
        'read typed; stty echo; echo got-$typed\n',
    );
    await sees(page, '\n20\n');
    await own.killed(async () => {
      await expect(page.getByText('The terminal goes on. What you type is kept')).toBeVisible();
      await page.keyboard.type('while-away\n');
    });
    await expect(page.locator('.fl-terminal[data-state=attached]')).toBeVisible({
      timeout: 90_000,
    });
    await sees(page, 'got-while-away\n', 90_000);
    const numbers = (await text(page)).match(/^[0-9]+$/gm)?.map(Number) ?? [];
    expect(numbers).toEqual(Array.from({ length: LINES }, (_, at) => at + 1));
    await endAll(page);
  } finally {
    await agent.stop();
  }
});
