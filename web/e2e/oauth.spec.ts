import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
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
  running = (await startAIMake({ AIMAKE_TERMS_URL: 'https://studio.example/terms' })) as Running;
});

test.afterAll(() => running.stop());

const stranger = () => `octo${Math.random().toString(36).slice(2, 8)}`;

/** From a page of ours with the button, through GitHub's, and back. */
async function throughGitHub(page: Page, login: string, email = `${login}@example.com`) {
  await page.getByRole('link', { name: 'Continue with GitHub' }).click();
  await page.getByText('Somebody else').click();
  await page.getByRole('textbox', { name: 'Login' }).fill(login);
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
