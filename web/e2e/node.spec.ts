import type { Page } from '@playwright/test';
import { TestAgent } from './agents';
import { expect, mustBeAccessible, test } from './console';

test('a node over time: charts by range, drag and keyboard, as a table, its links and its policy', async ({
  signedIn: page,
  stage,
}) => {
  await page.goto(`/t/default/nodes/${stage.node}`);
  const charts = page.getByRole('group', { name: /^Charts/ });
  await expect(charts.locator('canvas').first()).toBeVisible();
  await expect(charts.getByText('Latency', { exact: true })).toBeVisible();
  await expect(charts.locator('figcaption').filter({ hasText: '%' }).first()).toBeVisible();
  await mustBeAccessible(page);

  await page.getByText('24 h', { exact: true }).click();
  await expect(page).toHaveURL(/range=24h/);
  await page.reload();
  await expect(page.getByRole('radio', { name: '24 h' })).toBeChecked();

  // A part of it by dragging, and back by a key.
  const canvas = charts.locator('.u-over').first();
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (!box) throw new Error('no chart');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=\d+&to=\d+/);
  await expect(page.getByRole('button', { name: 'Back to the last day' })).toBeVisible();
  await charts.or(page.getByText('Nothing was heard of this node in this time.')).first().waitFor();
  await page.getByRole('button', { name: 'Back to the last day' }).click();
  await charts.focus();
  await page.keyboard.press('+');
  await expect(page).toHaveURL(/from=/);
  await page.goto(`/t/default/nodes/${stage.node}`);

  await page.getByRole('button', { name: 'As a table' }).click();
  await expect(page.getByRole('columnheader', { name: 'Network in' })).toBeVisible();
  // What a button says of itself after a moment stands beside the page, in no landmark.
  await page.mouse.move(0, 0);
  await mustBeAccessible(page);

  await expect(page.getByRole('region', { name: 'Link history' })).toContainText('open now');
  await expect(page.getByText('Any port on the machine itself')).toBeVisible();
});

test('a node is renamed, relabelled, and removed after a question', async ({
  signedIn: page,
  stage,
}) => {
  const agent = new TestAgent(stage, 'far');
  agent.join(await joinLine(page));
  const name = await newest(page);
  await page.goto(`/t/default/nodes/${name}`);
  await page.getByLabel('Name', { exact: true }).fill('No Good');
  await expect(page.getByText(/^Up to 63 of a-z/)).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('far-away');
  await page.getByLabel('Labels', { exact: true }).fill('site=bergen, role=edge');
  await expect(page.getByText(`fairlead node rename ${name} far-away`)).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/nodes\/far-away$/);
  await expect(page.getByRole('heading', { level: 1, name: 'far-away' })).toBeVisible();
  await expect(page.getByText('site=bergen')).toBeVisible();

  await page.getByRole('button', { name: 'Remove this node' }).click();
  const question = page.getByRole('dialog');
  await expect(question.getByRole('button', { name: 'Remove this node' })).toBeDisabled();
  await question.getByLabel('Type far-away to remove it.').fill('far-away');
  await mustBeAccessible(page);
  await question.getByRole('button', { name: 'Remove this node' }).click();
  await expect(page).toHaveURL(/\/nodes$/);
  await expect(page.getByRole('heading', { name: 'far-away' })).toHaveCount(0);
  await expect(page.getByRole('row').filter({ hasText: 'far-away' })).toHaveCount(0);
});

/** A line to join by, made by the API as the page does. */
async function joinLine(page: Page): Promise<string> {
  return await page.evaluate(async () => {
    const made = await fetch('/api/v1/tenants/default/enrolment-tokens', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
    return ((await made.json()) as { joinLine: string }).joinLine;
  });
}

async function newest(page: Page): Promise<string> {
  return await page.evaluate(async () => {
    const { items } = (await (await fetch('/api/v1/tenants/default/nodes')).json()) as {
      items: { name: string; created: string }[];
    };
    return items.sort((a, b) => b.created.localeCompare(a.created))[0]?.name ?? '';
  });
}
