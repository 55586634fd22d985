import { expect, test } from '@playwright/test';
// oxlint-disable-next-line typescript/ban-ts-comment -- plain JavaScript, shared with the client tests
// @ts-expect-error it has no types
import { startAIMake } from '../../tests/clients/aimake.mjs';

interface Running {
  url: string;
  stop: () => Promise<number>;
}

// A product of its own beside the simulator: the one that the other journeys share has no providers set up.
let running: Running;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unsafe-call -- as above
  running = (await startAIMake()) as Running;
});

test.afterAll(() => running.stop());

test('a stranger signs up with GitHub, and comes back the same way', async ({ page }) => {
  const login = `octo${Math.random().toString(36).slice(2, 8)}`;
  const visit = async () => {
    await page.getByRole('link', { name: 'Continue with GitHub' }).click();
    await page.getByText('Somebody else').click();
    await page.getByRole('textbox', { name: 'Login' }).fill(login);
    await page.getByRole('textbox', { name: 'E-mail' }).fill(`${login}@example.com`);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
  };

  await page.goto(`${running.url}/library`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await visit();
  await expect(page.getByRole('heading', { name: 'Library' })).toBeVisible();
  await page.goto(new URL('/account', page.url()).href);
  await expect(page.getByText(`${login}@example.com`).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Unlink GitHub' })).toBeVisible();
  await page.getByRole('button', { name: 'Unlink GitHub' }).click();
  await expect(page.getByText('only way into your account')).toBeVisible();
  await page.getByRole('button', { name: 'Link Acme' }).click();
  await page.getByRole('button', { name: 'Continue as ada', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Unlink Acme' })).toBeVisible();

  await page.context().clearCookies();
  await page.evaluate(() => localStorage.clear());
  await page.goto(new URL('/sign-in', page.url()).href);
  await visit();
  await expect(page).toHaveURL(/\/studio\/speech/);
});

test('whoever cancels at the provider is told, and can try again', async ({ page }) => {
  await page.goto(`${running.url}/sign-up`);
  await page.getByRole('link', { name: 'Continue with Google' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('You told Google not to say who you are.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Continue with Google' })).toBeVisible();
});
