import { expect, PASSWORD, speak, test } from './studio';

test('a stranger signs up, and the door remembers where they were going', async ({ page }) => {
  const name = `new${Math.random().toString(36).slice(2, 9)}`;
  await page.goto('/library');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByRole('link', { name: 'Create an account' }).click();
  // The door's own field is named "E-mail or username" and would take what is typed too early.
  await expect(page.getByRole('heading', { name: 'Create your account' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Username' }).fill(name);
  await page.getByRole('textbox', { name: 'E-mail' }).fill(`${name}@example.com`);
  await page
    .getByLabel(/^Password/)
    .first()
    .fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Library' })).toBeVisible();
  await page.goto('/credits');
  await expect(page.getByText('Monthly allowance').first()).toBeVisible();
});

test('a wrong password is told in place', async ({ page, person }) => {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'E-mail or username' }).fill(person.name);
  await page.getByLabel('Password').first().fill('not this one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page).toHaveURL(/sign-in/);
});

test('signing out ends the session in every tab', async ({ studio: page, context }) => {
  await page.goto('/account');
  const other = await context.newPage();
  await other.addInitScript(() => localStorage.setItem('aimake.session', '1'));
  await other.goto('/credits');
  await expect(other.getByRole('heading', { name: 'Credits' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Account', level: 1 })).toBeVisible();
  await page.keyboard.press('Control+K');
  await page.getByRole('button', { name: 'Sign out' }).last().click();
  await expect(page).toHaveURL(/sign-in/);
  await expect(other).toHaveURL(/sign-in/);
});

test('two tabs renew the session side by side without ending it', async ({ studio: page, context }) => {
  const other = await context.newPage();
  await other.addInitScript(() => localStorage.setItem('aimake.session', '1'));
  await Promise.all([page.goto('/credits'), other.goto('/account')]);
  await expect(page.getByRole('heading', { name: 'Credits' })).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Account', level: 1 })).toBeVisible();
  await Promise.all([page.reload(), other.reload()]);
  await expect(page.getByRole('heading', { name: 'Credits' })).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Account', level: 1 })).toBeVisible();
});

test('the profile is kept', async ({ studio: page }) => {
  await page.goto('/account');
  const first = `Mei ${Math.random().toString(36).slice(2, 6)}`;
  await page.getByRole('textbox', { name: 'First name' }).fill(first);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'First name' })).toHaveValue(first);
});

test('a charge stands in the ledger with its receipt, and the ledger is a file', async ({ studio: page }) => {
  await speak(page, 'Pay for this, to the last micro-credit.');
  await page.goto('/credits?kind=spend');
  await page.getByRole('button', { name: 'Receipt' }).first().click();
  await expect(page.getByRole('dialog').getByRole('row', { name: /^Charged/ })).toBeVisible();
  await page.keyboard.press('Escape');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  expect((await download).suggestedFilename()).toBe('aimake-credits.csv');
});

test('the question mark lists the keys', async ({ studio: page, isMobile }) => {
  test.skip(isMobile, 'no keyboard on a phone');
  await page.goto('/credits');
  await page.getByRole('heading', { name: 'Credits' }).waitFor();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
});
