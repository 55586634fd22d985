import { expect, test } from '@playwright/test';
import { PASSWORD } from './studio';

test('the printed link makes the first account an admin, once', async ({ page, isMobile }) => {
  const link = process.env['AIMAKE_SETUP'] ?? '';
  test.skip(link === '' || isMobile, 'needs the link of a fresh installation, which works once');
  const fill = async (name: string) => {
    await page.goto(link);
    await expect(page).toHaveURL(/\/setup$/);
    await page.getByRole('textbox', { name: 'Username' }).fill(name);
    await page.getByRole('textbox', { name: 'E-mail' }).fill(`${name}@example.com`);
    await page
      .getByLabel(/^Password/)
      .first()
      .fill(PASSWORD);
    await page.getByRole('button', { name: 'Create the admin account' }).click();
  };
  await fill('keeper');
  await page.waitForURL('**/studio/speech');
  await page.goto('/account');
  await expect(page.getByText('Administrator')).toBeVisible();

  await fill('second');
  await expect(page.getByRole('alert')).toBeVisible();
});
