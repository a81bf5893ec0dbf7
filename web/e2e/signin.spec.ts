import { expect, mustBeAccessible, signIn, test } from './console';

test('the first run explains itself, and nothing else is there before the sign-in', async ({
  page,
  stage,
}) => {
  await page.goto('/t/default/nodes?q=x');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await expect(page.getByRole('heading', { name: 'Sign in to localhost' })).toBeVisible();
  await page.getByText('First time here?').click();
  await expect(page.getByText('fairlead hub reset-password')).toBeVisible();
  await mustBeAccessible(page);

  await page.getByLabel('User').fill(stage.user);
  await page.getByLabel('Password', { exact: true }).fill('not this one');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('User and password do not fit.');
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('not this one');

  await signIn(page, stage);
  await expect(page).toHaveURL(/\/t\/default\/nodes\?q=x$/);
});

test('no script can read the sign-in, and signing out ends it', async ({
  page,
  context,
  stage,
}) => {
  // A sign-in of its own: the one that the others share goes on.
  await page.goto('/');
  await signIn(page, stage);
  const cookie = (await context.cookies()).find(({ name }) => name === '__Host-fairlead');
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', path: '/' });
  const kept = await page.evaluate(() =>
    JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]),
  );
  expect(kept).not.toContain('fls_');

  await page.getByRole('button', { name: /^Signed in as/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  // Whoever had kept the cookie has nothing.
  if (cookie) await context.addCookies([cookie]);
  const status = await page.evaluate(async () => (await fetch('/api/v1/me')).status);
  expect(status).toBe(401);
});

test('text never becomes a script', async ({ signedIn: page }) => {
  const done = await page.evaluate(async () => {
    (window as unknown as { expected: boolean }).expected = true;
    const tries: Record<string, () => unknown> = {
      markup: () => {
        document.createElement('div').innerHTML = '<b>x</b>';
      },
      closingTag: () => {
        document.createElement('style').innerHTML = 'a{}</style>';
      },
      fragment: () => document.createRange().createContextualFragment('<i></i>'),
      source: () => {
        document.createElement('script').src = '/assets/x.js';
      },
      script: () => {
        document.createElement('script').text = 'window.ran = true';
      },
      evaluated: () => eval('window.ran = true'),
      made: () => new Function('window.ran = true')(),
      policy: () =>
        (
          window.trustedTypes as { createPolicy: (name: string, rules: object) => unknown }
        ).createPolicy('mine', { createHTML: (text: string) => text }),
    };
    // Later, because what the test itself calls may do what a page may not.
    await new Promise((later) => setTimeout(later));
    return Object.entries(tries)
      .filter(([, attempt]) => {
        try {
          attempt();
          return true;
        } catch {
          return false;
        }
      })
      .map(([name]) => name);
  });
  expect(done).toEqual([]);
  expect(await page.evaluate(() => 'ran' in window)).toBe(false);

  const policy = await page.evaluate(
    async () =>
      (await fetch('/', { headers: { Accept: 'text/html' } })).headers.get(
        'content-security-policy',
      ) ?? '',
  );
  expect(policy).toContain("require-trusted-types-for 'script'; trusted-types default");
  expect(policy).not.toContain('unsafe');
});
