import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, speak, test } from './studio';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function nothingFound(page: Page) {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`);
  expect(found).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const path of [
    '/',
    '/pricing',
    '/sign-in',
    '/sign-up',
    '/forgot-password',
    '/setup?token=x',
    '/nowhere',
  ]) {
    test(`axe finds nothing on ${path} in ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(path, { waitUntil: 'networkidle' });
      await nothingFound(page);
    });
  }

  test(`axe finds nothing in the studio in ${colorScheme}`, async ({ studio: page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('/studio/speech', { waitUntil: 'networkidle' });
    await nothingFound(page);
    await speak(page, 'A sound for the audit.');
    await nothingFound(page);
    for (const path of [
      '/library',
      '/credits',
      '/purchases',
      '/subscription',
      '/checkout/0190f3aa-0000-7000-8000-0000000000f1',
      '/account',
    ]) {
      await page.goto(path, { waitUntil: 'networkidle' });
      await nothingFound(page);
    }
    await page.goto('/library', { waitUntil: 'networkidle' });
    await page
      .getByRole('button', { name: /^A sound for the audit/ })
      .first()
      .click();
    await page.getByRole('textbox', { name: 'Text of this sound' }).waitFor();
    await nothingFound(page);
    await page.getByRole('tab', { name: 'Receipt' }).click();
    await page.getByRole('row', { name: /^Charged/ }).waitFor();
    await nothingFound(page);
  });
}

test('there is no page that tries payments where no simulator is', async ({ studio: page }) => {
  await page.goto('/test-payment-flow');
  await expect(page.getByRole('heading', { name: 'There is no page here' })).toBeVisible();
  expect((await page.request.get('/api/dev/payment-flow')).status()).toBe(404);
});
