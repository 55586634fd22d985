import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, speak, test } from './studio';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function nothingFound(page: Page) {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`);
  expect(found).toEqual([]);
}

test('what was spoken is in the usage at once, by hand and by keyboard, and in a spreadsheet', async ({
  studio: page,
  isMobile,
}) => {
  await speak(page, 'Count this sentence, character by character.');
  await page.goto('/usage');
  const chart = page.getByRole('slider', { name: 'Credits by kind' });
  await expect(chart).toHaveAttribute('aria-valuetext', /Speech/);
  if (!isMobile) {
    await chart.focus();
    await page.keyboard.press('Home');
    await expect(chart).toHaveAttribute('aria-valuetext', /Total 0$/);
  }
  await page.getByRole('button', { name: 'espeak-ng' }).click();
  await expect(page).toHaveURL(/model=espeak-ng/);
  await page.getByRole('combobox', { name: 'Kind of work' }).selectOption('video');
  await expect(page.getByText('Nothing matches these filters.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  expect((await download).suggestedFilename()).toBe('aimake-usage.csv');
});

test('a key is made, opens the API for what it may do, and stops when it is revoked', async ({
  studio: page,
}) => {
  const name = `robot ${Math.random().toString(36).slice(2, 8)}`;
  await page.goto('/keys');
  await page.getByRole('button', { name: 'New API key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('checkbox', { name: 'Usage and balance' }).check();
  await dialog.getByLabel('Credits at most').fill('5');
  await dialog.getByRole('button', { name: 'New API key' }).click();
  const secret = await dialog.locator('code').first().innerText();
  expect(secret.length).toBeGreaterThan(30);
  await page.keyboard.press('Escape'); // a slip of the hand does not lose it
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByText('0 of 5 credits this month').first()).toBeVisible();
  await expect(page.getByText(secret)).toHaveCount(0);

  const ask = (path: string) =>
    page.request.get(path, { headers: { Authorization: `Bearer ${secret}`, Cookie: '' } });
  expect((await ask('/api/stats/usage')).status()).toBe(200);
  expect((await ask('/api/library')).status()).toBe(403);
  await page.getByRole('button', { name: `Revoke ${name}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('button', { name: `Revoke ${name}` })).toHaveCount(0);
  await expect.poll(async () => (await ask('/api/stats/usage')).status()).toBe(401);
});

test('a provider key is kept masked and deleted after a question', async ({ studio: page }) => {
  const name = `mine ${Math.random().toString(36).slice(2, 8)}`;
  await page.goto('/provider-keys');
  await page.getByRole('button', { name: 'Add a key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Provider').fill('openai');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Key', { exact: true }).fill('sk-a-secret-of-mine-wxyz');
  await dialog.getByRole('button', { name: 'Add a key' }).click();
  await expect(page.getByRole('button', { name: `Test ${name}` })).toBeVisible();
  await expect(dialog).toHaveCount(0); // it fades, with what was typed still in it
  expect(await page.content()).not.toContain('sk-a-secret');
  await page.reload();
  await page.getByRole('switch', { name: `Use ${name}` }).click({ force: true });
  await expect(page.getByRole('switch', { name: `Use ${name}` })).not.toBeChecked();
  await nothingFound(page);
  await page.getByRole('button', { name: `Delete ${name}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('button', { name: `Test ${name}` })).toHaveCount(0);
});

test('a phone finds the further pages under one tab', async ({ studio: page, isMobile }) => {
  test.skip(!isMobile, 'a wide screen shows them all');
  await page.goto('/credits');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Usage' }).click();
  await expect(page.getByRole('heading', { name: 'Usage', level: 1 })).toBeVisible();
});

test('the pages of the operator do not exist for others', async ({ studio: page }) => {
  await page.goto('/admin/models');
  await expect(page.getByRole('heading', { name: 'There is no page here' })).toBeVisible();
  await page.goto('/usage');
  await expect(page.getByRole('heading', { name: 'Usage', level: 1 })).toBeVisible();
  await expect(page.getByText('Administration')).toHaveCount(0);
});

for (const [lang, colorScheme] of [
  ['en', 'light'],
  ['zh-CN', 'dark'],
] as const) {
  test(`axe finds nothing on the pages of figures and keys in ${lang}, ${colorScheme}`, async ({
    studio: page,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.addInitScript((l) => localStorage.setItem('lang', l), lang);
    await makeOne(page, lang);
    for (const path of ['/usage', '/usage?days=365', '/usage?service=video', '/provider-keys', '/keys']) {
      await page.goto(path, { waitUntil: 'networkidle' });
      await nothingFound(page);
    }
    await page
      .getByRole('button', { name: lang === 'en' ? 'New API key' : '新建 API 密钥' })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('checkbox').first().waitFor();
    await nothingFound(page);
  });
}

/** Something to show, whatever language the studio speaks. */
async function makeOne(page: Page, lang: string) {
  const headers = { 'X-Requested-With': 'AIMake' };
  const fresh = await page.request.post('/api/auth/refresh', { headers });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's answer
  const { data } = (await fresh.json()) as { data: { accessToken: string } };
  const made = await page.request.post('/api/tts/generate', {
    headers: { ...headers, Authorization: `Bearer ${data.accessToken}` },
    data: { text: `For the audit in ${lang}.`, voiceId: 'espeak:en-us' },
  });
  expect(made.ok()).toBe(true);
}
