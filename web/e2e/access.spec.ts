import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { expect, mustBeAccessible, rowOf, test } from './console';
import type { Stage } from './setup';

/*
 * Who may do what, given and taken in the page; and what they did, in sessions and audit.
 */

const PASSWORD = 'correct-horse-battery';

/** Another person, in a browser of their own. */
async function asUser(browser: Browser, stage: Stage, user: string): Promise<Page> {
  const context = await browser.newContext({
    baseURL: stage.url,
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  return page;
}

async function makeUser(page: Page, name: string): Promise<void> {
  await page.goto('/t/default/access');
  await page.getByRole('button', { name: 'Make a user' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make a user' });
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await mustBeAccessible(page);
  await dialog.getByRole('button', { name: 'Make', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`user=${name}`));
}

async function giveGrant(page: Page, role: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Give a grant' }).click();
  const dialog = page.getByRole('dialog', { name: 'Give a grant' });
  await dialog.getByRole('radio', { name: role }).check();
  await expect(dialog.getByText('What it means')).toBeVisible();
  await expect(dialog.getByText(/every node.*: \d+ nodes? now/)).toBeVisible();
  await mustBeAccessible(page);
  await dialog.getByRole('button', { name: 'Give', exact: true }).click();
  await expect(dialog).toBeHidden();
}

async function openTerminal(page: Page, stage: Stage): Promise<void> {
  await page.goto(`/t/default/nodes/${stage.node}`);
  await page.getByRole('link', { name: 'Terminal', exact: true }).click();
  await expect(page.locator('.fl-terminal[data-state=attached]')).toBeVisible();
}

async function bytesOf(page: Page, name: string, act: () => Promise<void>): Promise<string> {
  const downloading = page.waitForEvent('download');
  await act();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(name);
  return readFileSync(await download.path(), 'utf8');
}

test('a grant given in the page lets a person reach a node, and withdrawn it ends their terminal', async ({
  signedIn: page,
  stage,
  browser,
}) => {
  test.setTimeout(240_000);
  const who = 'maren@default';
  await makeUser(page, 'maren');
  const panel = page.getByRole('dialog', { name: who });
  await expect(panel.getByText('None: nothing can be done')).toBeVisible();
  await mustBeAccessible(page);

  const other = await asUser(browser, stage, who);
  await expect(other.getByText('fairlead grant add maren operator')).toBeVisible();
  // The own account is there without any grant.
  await other.getByRole('link', { name: 'My account' }).click();
  await expect(other.getByText('this one')).toBeVisible();
  await mustBeAccessible(other);

  await giveGrant(page, 'Operator');
  await expect(panel.getByText('Opens shells and terminals', { exact: false })).toBeVisible();

  // Why, as the hub says.
  await panel.getByRole('button', { name: 'What they can reach' }).click();
  await page.getByRole('link', { name: stage.node, exact: true }).click();
  await expect(page.getByRole('heading', { name: `${who} → ${stage.node}` })).toBeVisible();
  await expect(page.locator('[data-act="stream.ssh"]')).toContainText('May:');
  await expect(page.locator('[data-act="nodes.manage"]')).toContainText('the role is too small');
  await expect(page.getByText('takes in this node', { exact: true })).toBeVisible();
  await expect(page.getByText(`What ${stage.node} itself allows`)).toBeVisible();
  await mustBeAccessible(page);
  await page.getByRole('button', { name: `Everybody on ${stage.node}` }).click();
  await expect(page.getByRole('row').filter({ hasText: who })).toContainText('shell');
  await mustBeAccessible(page);

  await other.goto('/');
  await expect(rowOf(other, stage.node)).toContainText('Online');
  // Nothing is shown that a person may not do.
  await expect(other.getByRole('link', { name: 'Sessions', exact: true })).toBeVisible();
  await expect(other.getByRole('link', { name: 'Access', exact: true })).toBeHidden();
  await expect(other.getByRole('link', { name: 'Audit', exact: true })).toBeHidden();
  await openTerminal(other, stage);

  // The session is live in the other page, with its facts.
  await page.goto('/t/default/sessions?state=live');
  const row = page.getByRole('row').filter({ hasText: who });
  await expect(row).toContainText(stage.node);
  await expect(row).toContainText('Terminal');
  await expect(row).toContainText('Live');
  await mustBeAccessible(page);

  await page.goto('/t/default/access?tab=grants&q=maren');
  await page.getByRole('link', { name: who, exact: true }).click();
  await page.getByRole('button', { name: 'Withdraw' }).click();
  await mustBeAccessible(page);
  await page
    .getByRole('dialog', { name: `Withdraw a grant of ${who}` })
    .getByRole('button', { name: 'Withdraw', exact: true })
    .click();
  await expect(other.getByText(/grant was withdrawn/i)).toBeVisible();
  await expect(page.getByText('Nothing matches.')).toBeVisible();

  // Each session says why it ended, and the audit who did it.
  await page.goto('/t/default/sessions?state=ended&user=maren');
  await page.getByRole('link', { name: new RegExp(`^${who} → ${stage.node}`) }).click();
  const facts = page.getByRole('dialog');
  await expect(facts).toContainText('The right that it lived by ended');
  await expect(page).toHaveURL(/session=sess_/);
  await page.reload();
  await expect(facts).toContainText('The right that it lived by ended');
  await mustBeAccessible(page);
  await facts.getByRole('link', { name: 'In the audit' }).click();
  await expect(page.getByRole('link', { name: 'session.end', exact: true })).toBeVisible();
  await page.goto('/t/default/audit?act=grant.*');
  const record = page.getByRole('row').filter({ hasText: 'grant.remove' }).first();
  await expect(record).toContainText(who);
  await expect(record).toContainText('role operator');
  await other.context().close();
});

test('a session is ended from the page, and its person is told who did it and why', async ({
  signedIn: page,
  stage,
  browser,
}) => {
  test.setTimeout(180_000);
  await makeUser(page, 'nils');
  await giveGrant(page, 'Operator');
  const other = await asUser(browser, stage, 'nils@default');
  await expect(rowOf(other, stage.node)).toBeVisible();
  await openTerminal(other, stage);

  await page.goto('/t/default/sessions');
  const row = page.getByRole('row').filter({ hasText: 'nils@default' }).first();
  await expect(row).toContainText('Live');
  await other.locator('.fl-terminal').click();
  await other.keyboard.type('while sleep 0.1; do seq 1 500; done\n');
  await expect(row).toContainText(/iB\/s/, { timeout: 30_000 });
  await row.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'End the session' }).click();
  const dialog = page.getByRole('dialog', { name: 'End the session' });
  await dialog.getByLabel('Reason').fill('maintenance at noon');
  await mustBeAccessible(page);
  await dialog.getByRole('button', { name: 'Copy as command line' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^fairlead session end sess_\w+ --reason 'maintenance at noon'/,
  );
  await dialog.getByRole('button', { name: 'End', exact: true }).click();
  await expect(other.getByText(/ended by admin@system: maintenance at noon/)).toBeVisible();
  await expect(row).toContainText('Somebody ended it');

  // Filters are in the address; the list as a file is all of it.
  await page.getByText('Ended', { exact: true }).click();
  await expect(page).toHaveURL(/state=ended/);
  await page.getByPlaceholder('Any user').fill('nils');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/user=nils/);
  await page.getByRole('button', { name: 'More' }).click();
  const csv = await bytesOf(page, 'default-sessions.csv', () =>
    page.getByRole('menuitem', { name: 'Export as CSV' }).click(),
  );
  expect(csv).toMatch(/^id,state,user,node,/);
  expect(csv).toMatch(/,ended,nils@default,.*,ended-by-operator,/);
  await page.getByPlaceholder('Any node').fill('no-such-node');
  await page.keyboard.press('Enter');
  await expect(page.getByText('No session matches.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await expect(page).toHaveURL(/\/sessions$/);

  // Disabled: signed out at once.
  await page.goto('/t/default/access?user=nils');
  const panel = page.getByRole('dialog', { name: 'nils@default' });
  await panel.getByRole('button', { name: 'Disable' }).click();
  await page
    .getByRole('dialog', { name: 'Disable nils@default' })
    .getByRole('button', { name: 'Disable', exact: true })
    .click();
  await expect(panel.getByText('Disabled', { exact: true })).toBeVisible();
  await expect(other.getByRole('dialog', { name: /sign-in has ended/ })).toBeVisible();
  await panel.getByRole('button', { name: 'Remove' }).click();
  await page
    .getByRole('dialog', { name: 'Remove nils@default' })
    .getByRole('button', { name: 'Remove', exact: true })
    .click();
  await expect(page.getByRole('link', { name: 'nils', exact: true })).toBeHidden();
  await other.context().close();
});

test('the audit is followed as it grows, filtered, linked and exported', async ({
  signedIn: page,
  stage,
}) => {
  await page.goto('/t/default/audit');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await mustBeAccessible(page);
  const act = page.getByRole('link', { name: 'enrolment-token.create', exact: true });
  const before = await act.count();
  await page.evaluate(() =>
    fetch('/api/v1/tenants/default/enrolment-tokens', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"labels":{"site":"tail"}}',
    }),
  );
  await expect(act).toHaveCount(before + 1);
  await act.first().click();
  await expect(page).toHaveURL(/record=\d+/);
  const record = page.getByRole('dialog', { name: 'enrolment-token.create' });
  await expect(record).toContainText('admin@system');
  await mustBeAccessible(page);
  await page.reload();
  await expect(record).toContainText('admin@system');
  await record.getByRole('button', { name: 'Only this act' }).click();
  await expect(page).toHaveURL(/act=enrolment-token.create/);
  await page.getByPlaceholder('Any act').fill('grant');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/act=grant\.\*/);
  await expect(page.getByRole('link', { name: 'grant.create', exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: 'More' }).click();
  const lines = await bytesOf(page, 'default-audit.jsonl', () =>
    page.getByRole('menuitem', { name: 'Export as JSON lines' }).click(),
  );
  for (const line of lines.trim().split('\n')) {
    expect((JSON.parse(line) as { act: string }).act).toMatch(/^grant\./);
  }
  await page.getByRole('button', { name: 'More' }).click();
  const csv = await bytesOf(page, 'default-audit.csv', () =>
    page.getByRole('menuitem', { name: 'Export as CSV' }).click(),
  );
  expect(csv.trim().split('\r\n')).toHaveLength(lines.trim().split('\n').length + 1);

  await page.getByRole('button', { name: 'Any time' }).click();
  await page.getByRole('button', { name: 'Last 15 minutes' }).click();
  await expect(page).toHaveURL(/last=15m/);
  await page.getByText('Denied', { exact: true }).first().click();
  await expect(page.getByText('No record matches.')).toBeVisible();
  expect(stage.node).not.toBe('');
});

test('tenants are made, entered, switched to and removed; tokens are shown once', async ({
  signedIn: page,
  stage,
}) => {
  await page.goto('/t/default/access?tab=tenants');
  await page.getByRole('button', { name: 'Make a tenant' }).click();
  const making = page.getByRole('dialog', { name: 'Make a tenant' });
  await making.getByLabel('Name').fill('harbour');
  await mustBeAccessible(page);
  await making.getByRole('button', { name: 'Make', exact: true }).click();
  await expect(page.getByRole('link', { name: 'harbour', exact: true })).toBeVisible();
  await mustBeAccessible(page);
  await page.getByRole('button', { name: /^Tenant: default/ }).click();
  await page.getByRole('menuitemradio', { name: 'harbour' }).click();
  await expect(page).toHaveURL(/\/t\/harbour\/nodes$/);
  await expect(page.getByRole('heading', { name: 'No node yet' })).toBeVisible();
  for (const tab of ['users', 'grants', 'who', 'enrolment']) {
    await page.goto(`/t/harbour/access?tab=${tab}`);
    await expect(page.getByRole('tab', { selected: true })).toBeVisible();
    await mustBeAccessible(page);
  }
  await page.goto('/t/default/access?tab=tenants');
  await page.getByRole('button', { name: 'Remove the tenant harbour' }).click();
  const removing = page.getByRole('dialog', { name: 'Remove the tenant harbour' });
  await expect(removing.getByRole('button', { name: 'Remove', exact: true })).toBeDisabled();
  await removing.getByLabel('Type harbour to confirm').fill('harbour');
  await mustBeAccessible(page);
  await removing.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('link', { name: 'harbour', exact: true })).toBeHidden();

  // The own account, from its menu.
  await page.getByRole('button', { name: /^Signed in as/ }).click();
  await page.getByRole('menuitem', { name: 'My account' }).click();
  await expect(page.getByRole('heading', { name: 'My account' })).toBeVisible();
  await mustBeAccessible(page);
  // Where one is signed in: the quickstart's own command line is another.
  const places = page.locator('section', { hasText: 'Where I am signed in' });
  await expect(places.getByText('this one')).toBeVisible();
  await expect(places.getByText('on Linux').first()).toBeVisible();
  await page.evaluate(
    async ([user, password]) =>
      fetch('/api/v1/sign-ins', {
        method: 'POST',
        credentials: 'omit',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ user, password }),
      }),
    [stage.user, stage.password],
  );
  await page.reload();
  const others = places.getByRole('button', { name: /^End the sign-in of .* on Linux/ });
  await expect(others.first()).toBeVisible();
  const before = await others.count();
  await others.first().click();
  const ending = page.getByRole('dialog', { name: /^End the sign-in of/ });
  await mustBeAccessible(page);
  await ending.getByRole('button', { name: 'End', exact: true }).click();
  await expect(others).toHaveCount(before - 1);
  await page.getByRole('button', { name: 'Make a token' }).click();
  const token = page.getByRole('dialog', { name: 'Make a token' });
  await token.getByLabel('What it is for').fill('e2e');
  await token.getByRole('button', { name: 'Make', exact: true }).click();
  const shown = page.getByRole('dialog', { name: 'The token e2e' });
  const text = (await shown.locator('pre').first().textContent()) ?? '';
  expect(text).toMatch(/^fla_/);
  const status = await page.evaluate(
    async (bearer) =>
      (
        await fetch('/api/v1/me', {
          credentials: 'omit',
          headers: { Authorization: `Bearer ${bearer}` },
        })
      ).status,
    text,
  );
  expect(status).toBe(200);
  await mustBeAccessible(page);
  await shown.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByText(text)).toBeHidden();
  await page.getByRole('button', { name: 'Revoke e2e' }).click();
  await page
    .getByRole('dialog', { name: 'Revoke e2e' })
    .getByRole('button', { name: 'Revoke' })
    .click();
  await expect(page.getByText('You have none.')).toBeVisible();

  await page.getByLabel('Current password').fill('not this one');
  await page.getByLabel('New password').fill('another-password');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('New password')).toHaveValue('another-password');
  await page.getByText('Deutsch', { exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Mein Konto' })).toBeVisible();
  await page.getByText('English', { exact: true }).click();
});

test('a WebSocket from a hostile origin is refused', async ({ signedIn: page, stage }) => {
  test.setTimeout(120_000);
  const ticket = await page.evaluate(
    async (node) =>
      (
        (await (
          await fetch(`/api/v1/tenants/default/nodes/${node}/terminals`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: '{}',
          })
        ).json()) as { ticket: string }
      ).ticket,
    stage.node,
  );
  expect(ticket).toMatch(/^flw_/);
  const url = `${stage.url.replace(/^http/, 'ws')}/terminal`;
  const tried = (socket: string) =>
    new Promise<string>((done) => {
      const one = new WebSocket(socket);
      one.onopen = () => done('open');
      one.onclose = ({ code }) => done(`closed ${code}`);
    });
  // The page itself may; whoever else, with the cookie or without, is refused before a message.
  expect(await page.evaluate(tried, url)).toBe('open');
  const hostile = await page.context().newPage();
  await hostile.route('https://hostile.example/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>hostile</title>' }),
  );
  await hostile.goto('https://hostile.example/');
  expect(await hostile.evaluate(tried, url)).toBe('closed 1006');
  const read = await hostile.evaluate(async (api) => {
    try {
      await (await fetch(api, { credentials: 'include' })).text();
      return 'read';
    } catch {
      return 'refused';
    }
  }, `${stage.url}/api/v1/me`);
  expect(read).toBe('refused');
});
