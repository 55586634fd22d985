import { expect, speak, test } from './studio';

const LONG =
  'The harbour wakes before the town does. First the gulls, then a single engine. By six the fish market is all lamplight and steam. Nobody talks much.';

test('a sound is found, renamed, tagged, corrected, billed, binned and brought back', async ({
  studio: page,
}) => {
  const mark = Math.random().toString(36).slice(2, 8);
  await speak(page, `${LONG} Mark ${mark}.`);
  await page.goto('/library');
  await page.getByRole('textbox', { name: 'Search titles and texts' }).fill(mark);
  await expect(page).toHaveURL(new RegExp(`q=${mark}`));
  await expect(page.getByRole('listitem')).toHaveCount(1);

  await page.getByRole('button', { name: /^More for / }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'New title' }).fill(`Gulls ${mark}`);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: `Gulls ${mark}`, exact: true }).click();

  const panel = page.getByRole('dialog');
  await panel.getByLabel('Tags').fill('novel');
  await page.keyboard.press('Enter');

  const words = panel.getByRole('textbox', { name: 'Text of this sound' });
  await words.fill((await words.inputValue()).replace('Nobody talks much.', 'Everybody sings.'));
  await expect(panel.getByText(/characters reused for free/)).toBeVisible();
  await panel.getByRole('button', { name: 'Speak the change' }).click();
  await expect(page.getByText('The new version is ready')).toBeVisible({ timeout: 40_000 });

  await panel.getByRole('tab', { name: 'Receipt' }).click();
  await expect(panel.getByText('reused, free').first()).toBeVisible();
  await expect(panel.getByRole('row', { name: /^Charged/ })).toBeVisible();

  await panel.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('Nothing matches')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: `Gulls ${mark}`, exact: true })).toBeVisible();

  await page.getByRole('button', { name: `More for Gulls ${mark}` }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.goto('/library?bin=true');
  await page
    .getByRole('listitem')
    .filter({ hasText: `Gulls ${mark}` })
    .getByRole('button', { name: 'Restore' })
    .click();
  await expect(page.getByText(/is back$/)).toBeVisible();
  await page.goto('/library?tag=novel');
  await expect(page.getByRole('button', { name: `Gulls ${mark}`, exact: true })).toBeVisible();
});

test('captions come as a file', async ({ studio: page }) => {
  await speak(page, 'Captions for this one. And a second line.');
  await page.goto('/library');
  await page
    .getByRole('button', { name: /^More for / })
    .first()
    .click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Captions (VTT)' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.vtt$/);
});

test('J, K, Space and Enter work the list', async ({ studio: page, isMobile }) => {
  test.skip(isMobile, 'no keyboard on a phone');
  await speak(page, 'The first of two.');
  await speak(page, 'The second of two.');
  await page.goto('/library');
  await page.getByRole('listitem').nth(1).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(page.getByRole('listitem').nth(1)).toHaveAttribute('aria-current', 'true');
  await page.keyboard.press('Space');
  await expect(page.getByRole('listitem').nth(1).getByRole('slider', { name: 'Position' })).not.toHaveValue(
    '0',
  );
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await expect(page.getByRole('textbox', { name: 'Search titles and texts' })).toBeFocused();
});
