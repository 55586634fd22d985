import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
// oxlint-disable-next-line typescript/ban-ts-comment -- plain JavaScript, shared with the client tests
// @ts-expect-error it has no types
import { startAIMake } from '../../tests/clients/aimake.mjs';
import { codeOf } from './authenticator';
import { PASSWORD } from './studio';

interface Running {
  url: string;
  stop: () => Promise<number>;
}

// A product of its own beside the simulator: the one that the other journeys share has no providers set up.
let running: Running;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unsafe-call -- as above
  running = (await startAIMake({ AIMAKE_TERMS_URL: 'https://studio.example/terms' })) as Running;
});

test.afterAll(() => running.stop());

const stranger = () => `octo${Math.random().toString(36).slice(2, 8)}`;

/** From a page of ours with the button, through GitHub's, and back. */
async function throughGitHub(page: Page, login: string, email = `${login}@example.com`) {
  await page.getByRole('link', { name: 'Continue with GitHub' }).click();
  await page.getByText('Somebody else').click();
  // Chromium leaves out a pattern it cannot read
  const name = page.getByRole('textbox', { name: 'Login' });
  await name.fill('not/one');
  expect(await name.evaluate((e: HTMLInputElement) => e.validity.patternMismatch)).toBe(true);
  await name.fill(login);
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
}

const accept = (page: Page) => page.getByRole('button', { name: 'Accept and continue' }).click();

test('whoever comes in without having accepted the terms is asked, in either language, until they do', async ({
  page,
}) => {
  const login = stranger();
  await page.goto(`${running.url}/library`);
  await throughGitHub(page, login);
  const dialog = page.getByRole('dialog', { name: 'Before you begin' });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole('link', { name: /Terms of use/ })).toHaveAttribute(
    'href',
    'https://studio.example/terms',
  );

  // the keyboard stays inside, and neither Esc nor a shortcut of the page behind gets past it
  for (let i = 0; i < 7; i++) {
    await page.keyboard.press(i < 4 ? 'Tab' : 'Shift+Tab');
    expect(await dialog.evaluate((d) => d.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+K');
  await expect(page.getByRole('dialog')).toHaveCount(1);
  await expect(dialog).toBeVisible();

  await dialog.getByRole('button', { name: '简体中文' }).click();
  const chinese = page.getByRole('dialog', { name: '开始之前' });
  await expect(chinese.getByRole('button', { name: '同意并继续' })).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect((await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id)).toEqual([]);
  }
  await chinese.getByRole('button', { name: 'English' }).click();

  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/sign-in/);
  await throughGitHub(page, login);
  await expect(dialog).toBeVisible();
  await accept(page);
  await expect(dialog).toBeHidden();
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'Text to speak' })).toBeVisible();
  await expect(dialog).toBeHidden();
});

test('a stranger signs up with GitHub, and comes back the same way', async ({ page }) => {
  const login = stranger();
  await page.goto(`${running.url}/library`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await throughGitHub(page, login);
  await expect(page.getByRole('heading', { name: 'Library' })).toBeVisible();
  await accept(page);
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
  await throughGitHub(page, login);
  await expect(page).toHaveURL(/\/studio\/speech/);
});

test('whoever cancels at the provider is told, and can try again', async ({ page }) => {
  await page.goto(`${running.url}/sign-up`);
  await page.getByRole('link', { name: 'Continue with Google' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('You told Google not to say who you are.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Continue with Google' })).toBeVisible();
});

/** Providers send the browser back to the public address, which has another name than the one it began at. */
const go = (page: Page, path: string) => page.goto(new URL(path, page.url()).href);

/** An account with a password, made without the pages. */
async function register(page: Page, name: string) {
  const made = await page.request.post(`${running.url}/api/auth/register`, {
    data: { username: name, email: `${name}@example.com`, password: PASSWORD, agreement: true },
    headers: { 'X-Requested-With': 'AIMake' },
  });
  expect(made.status()).toBe(201);
  await page.context().clearCookies();
}

async function signIn(page: Page, name: string) {
  await page.getByRole('textbox', { name: 'E-mail or username' }).fill(name);
  await page.getByLabel('Password').first().fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function leave(page: Page) {
  await page.context().clearCookies();
  await page.evaluate(() => localStorage.clear());
  await go(page, '/sign-in');
}

test('a second factor is switched on by its picture, then asked for; a recovery code stands in, once', async ({
  page,
}) => {
  const name = stranger();
  await register(page, name);
  await page.goto(`${running.url}/account`);
  await signIn(page, name);
  await page.getByRole('button', { name: 'Set up…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password').first().fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Next' }).click();
  const picture = dialog.getByRole('img', { name: 'QR code for your authenticator app' });
  await expect
    .poll(() => picture.evaluate((i) => (i instanceof HTMLImageElement ? i.naturalWidth : 0)))
    .toBeGreaterThan(0);
  const secret = await dialog.getByText(/^[A-Z2-7]{4}( [A-Z2-7]{4})+$/).innerText();
  await dialog.getByRole('textbox', { name: 'Six-digit code' }).fill(codeOf(secret));
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  await expect(dialog.getByRole('heading', { name: 'Your recovery codes' })).toBeVisible();
  const codes = await dialog.getByRole('listitem').allInnerTexts();
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page.getByText(/^On since/)).toBeVisible();

  const code = page.getByRole('textbox', { name: 'Code from your app, or a recovery code' });
  await leave(page);
  await signIn(page, name);
  await code.fill('000000');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await code.fill(codeOf(secret, 1));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(/\/studio\/speech/);

  await leave(page);
  await signIn(page, name);
  await code.fill(codes[0] ?? '');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(/\/studio\/speech/);
  await go(page, '/account');
  await expect(page.getByText(`${codes.length - 1} recovery codes left`)).toBeVisible();

  await leave(page);
  await signIn(page, name);
  await code.fill(codes[0] ?? '');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
});

test('GitHub vouches for an address that has an account: it is linked by whoever signs in to that account', async ({
  page,
}) => {
  const [name, login] = [stranger(), stranger()];
  await register(page, name);
  await page.goto(`${running.url}/sign-in`);
  await throughGitHub(page, login, `${name}@example.com`);
  await expect(page.getByRole('heading', { name: 'Link GitHub?' })).toBeVisible();
  await page.getByRole('link', { name: 'Sign in to link' }).click();
  await signIn(page, name);
  await page.getByRole('button', { name: `Link GitHub to ${name}` }).click();
  await expect(page).toHaveURL(/\/studio\/speech/);
  await go(page, '/account');
  await expect(page.getByRole('button', { name: 'Unlink GitHub' })).toBeVisible();

  await leave(page);
  await throughGitHub(page, login, `${name}@example.com`);
  await expect(page).toHaveURL(/\/studio\/speech/);
  await go(page, '/account');
  await expect(page.getByText(`${name}@example.com`).first()).toBeVisible();
});

test('whoever came through GitHub sets a first password, and signs in with it', async ({ page }) => {
  const login = stranger();
  await page.goto(`${running.url}/account`);
  await throughGitHub(page, login);
  await accept(page);
  await expect(page.getByLabel('Current password')).toHaveCount(0);
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByRole('button', { name: 'Change password' })).toBeVisible();
  await leave(page);
  await signIn(page, login);
  await expect(page).toHaveURL(/\/studio\/speech/);
});
