import { spawnSync } from 'node:child_process';
import { TestAgent } from './agents';
import { expect, mustBeAccessible, rowOf, signIn, test } from './console';
import { kept, picture } from './picture';
import { environment } from './setup';

/*
 * The pages that a first walk through the console comes by; the others' pictures are made by their
 * own flows.
 */

test('every page at every width, dark and light', async ({ page, stage }) => {
  test.setTimeout(240_000);
  await page.goto('/');
  await expect(page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible();
  await picture(page, 'sign-in');
  await signIn(page, stage);

  await page.getByRole('link', { name: 'Add a node' }).first().click();
  await page.getByLabel('Labels').first().fill('site=oslo, role=build');
  await picture(page, 'add');
  await page.getByLabel('For how many machines').fill('9');
  await page.getByRole('button', { name: 'Make the line' }).click();
  await expect(page.getByText('Waiting for the machine…')).toBeVisible();
  await mustBeAccessible(page);

  // For pictures, a fleet that looks like one.
  const agents: TestAgent[] = [];
  try {
    const line = (await page.locator('pre').last().textContent()) ?? '';
    for (const name of kept ? ['oslo-build-1', 'oslo-build-2', 'oslo-gateway'] : ['oslo-build-1']) {
      const agent = new TestAgent(stage, name);
      agents.push(agent);
      agent.join(line);
      agent.run();
      await expect(page.getByText(/ is here$/)).toHaveCount(agents.length);
      const joined = (
        (await page
          .getByText(/ is here$/)
          .last()
          .textContent()) ?? ''
      ).replace(' is here', '');
      await page.evaluate(
        ([from, to]) =>
          fetch(`/api/v1/tenants/default/nodes/${from}`, {
            method: 'PATCH',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ name: to }),
          }),
        [joined, name],
      );
    }
    await picture(page, 'add-greeting');
    await agents.at(-1)?.stop();
    await page.getByRole('link', { name: 'Nodes', exact: true }).click();
    const row = rowOf(page, stage.node);
    await expect(row).toContainText('Online');
    await expect(row).toContainText('%');
    await picture(page, 'nodes');
    await page.getByRole('link', { name: stage.node, exact: true }).click();
    await expect(page.getByText(/ of .*GiB/).first()).toBeVisible();
    await picture(page, 'node');
    await page.getByRole('link', { name: 'Terminal', exact: true }).click();
    await expect(page.locator('.fl-terminal[data-state=attached]')).toBeVisible();
    await page.keyboard.type("PS1='\\w $ '; clear; ls --color -C /usr; df -h /usr; uptime\n");
    await expect(page.locator('.fl-terminal')).toHaveAttribute('data-state', 'attached');
    await picture(page, 'terminal');
    await page.getByRole('button', { name: /^Close / }).click();
    await page.keyboard.press('Control+k');
    await expect(page.getByPlaceholder('Go to a node or a page')).toBeVisible();
    await picture(page, 'palette');
  } finally {
    for (const agent of agents) await agent.stop();
  }
});

test('sessions, access, audit and account at every width, dark and light', async ({
  signedIn: page,
  stage,
}) => {
  test.setTimeout(280_000);
  // People with rights, and some who tried more than they may.
  await page.evaluate(async (node) => {
    const post = (path: string, body: object) =>
      fetch(`/api/v1/tenants/default/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    for (const name of ['ada', 'henrik', 'ingrid', 'lars']) {
      await post('users', { name, password: 'correct-horse-battery' });
    }
    await fetch(`/api/v1/tenants/default/nodes/${node}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: '{"labels":{"site":"oslo","env":"prod"}}',
    });
    await post('grants', { user: 'ada', role: 'admin', logins: ['*'] });
    await post('grants', { user: 'henrik', role: 'operator', labels: 'site=oslo' });
    await post('grants', { user: 'henrik', role: 'viewer' });
    await post('grants', { user: 'ingrid', role: 'operator', labels: 'env=lab', logins: ['lab'] });
    await fetch('/api/v1/tenants/default/users/lars/disable', { method: 'POST' });
    await post('enrolment-tokens', { uses: 20, expiresIn: 86400, labels: { site: 'oslo' } });
  }, stage.node);
  await page.goto(`/t/default/terminals?node=${stage.node}`);
  await expect(page.locator('.fl-terminal[data-state=attached]')).toBeVisible();

  for (const command of kept ? ['uptime', 'false', 'hostname'] : ['true']) {
    spawnSync(stage.fairlead, ['exec', stage.node, '--', command], {
      env: environment(stage.folder),
    });
  }
  await page.goto('/t/default/sessions');
  await expect(page.getByRole('row').filter({ hasText: 'Terminal' }).first()).toBeVisible();
  await picture(page, 'sessions');
  await page.getByRole('row').nth(1).getByRole('link').click();
  await expect(page.getByRole('dialog')).toContainText('To the node');
  await picture(page, 'session');
  await page.goto('/t/default/audit');
  await expect(page.getByRole('row').nth(5)).toBeVisible();
  await picture(page, 'audit');
  await page.getByRole('link', { name: 'grant.create' }).first().click();
  await expect(page.getByRole('dialog')).toContainText('role');
  await picture(page, 'audit-record');
  await page.goto('/t/default/access');
  await expect(page.getByRole('row').filter({ hasText: 'lars' })).toContainText('Disabled');
  await picture(page, 'users');
  await page.goto('/t/default/access?tab=grants');
  await page.getByRole('link', { name: 'henrik@default' }).first().click();
  await expect(page.getByText('What it means')).toBeVisible();
  await picture(page, 'grant');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Give a grant' }).click();
  await page.getByRole('combobox', { name: 'To whom' }).fill('lars');
  await page.getByLabel('On which nodes').fill('site=oslo');
  await expect(page.getByText(/nodes? now/).first()).toBeVisible();
  await picture(page, 'give-grant');
  await page.goto(`/t/default/access?tab=who&node=${stage.node}`);
  await expect(page.getByRole('row').filter({ hasText: 'henrik' })).toContainText('shell');
  await picture(page, 'who');
  await page.goto(`/t/default/access?tab=who&node=${stage.node}&user=henrik`);
  await expect(page.locator('[data-act="stream.ssh"]')).toContainText('May:');
  await picture(page, 'why');
  await page.goto('/t/default/access?tab=enrolment');
  await expect(page.getByText('site=oslo').first()).toBeVisible();
  await picture(page, 'enrolment');
  await page.goto('/t/default/access?tab=tenants');
  await expect(page.getByRole('link', { name: 'default', exact: true })).toBeVisible();
  await picture(page, 'tenants');
  await page.goto('/t/default/account');
  await expect(page.getByText('You have none.')).toBeVisible();
  await picture(page, 'account');
  await page.goto('/t/default/terminals');
  await page.getByRole('button', { name: 'End it' }).click();
  await expect(page.getByRole('button', { name: 'End it' })).toBeHidden();
});
