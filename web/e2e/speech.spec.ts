import { expect, speak, test, write } from './studio';

const TEXT = 'The harbour wakes before the town does. First the gulls, then a single engine.';

test('a text is priced, heard while it is spoken, and kept', async ({ studio: page }) => {
  await write(page, TEXT);
  await expect(page.getByText(/left after/)).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await expect(page.getByRole('slider', { name: 'Position' }).first()).not.toHaveValue('0');
  await expect(page.getByRole('button', { name: 'Download', exact: true })).toBeVisible({ timeout: 40_000 });

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  expect((await download).suggestedFilename()).toMatch(/^The harbour.*\.mp3$/);
});

test('the player is a slider for the keyboard', async ({ studio: page }) => {
  await speak(page, TEXT);
  const position = page.getByRole('slider', { name: 'Position' }).first();
  await position.focus();
  await page.keyboard.press('Home');
  await expect(position).toHaveAttribute('aria-valuetext', /^0:0[01] of 0:0\d$/);
  await page.keyboard.press('End');
  await expect(position).not.toHaveAttribute('aria-valuetext', /^0:0[01] of/);
});

test('one endless word does not stop the page', async ({ studio: page }) => {
  await page.goto('/studio/speech');
  const box = page.getByRole('textbox', { name: 'Text to speak' });
  await box.waitFor();
  await page.evaluate(() => document.fonts.ready);
  // with kerned letters this took forty seconds
  await box.fill('a'.repeat(300_000), { timeout: 10_000 });
  await expect(page.getByText('300,000 / 500,000')).toBeVisible();
});

test('a take survives a reload, and its settings can be used again', async ({ studio: page }) => {
  await speak(page, 'Keep this one for later, please.');
  await page.getByRole('textbox', { name: 'Text to speak' }).fill('Something else');
  await page.reload();
  await page.getByRole('button', { name: 'More actions' }).first().click();
  await page.getByRole('menuitem', { name: 'Reuse text and settings' }).click();
  await expect(page.getByRole('textbox', { name: 'Text to speak' })).toHaveValue(
    'Keep this one for later, please.',
  );
});

test('a deleted take comes back with undo', async ({ studio: page }) => {
  await speak(page, 'Gone and back again.');
  await page.getByRole('button', { name: 'More actions' }).first().click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(page.getByText('Your takes appear here')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
});

test('a long text runs as a job with progress, and is free when cancelled at once', async ({
  studio: page,
}) => {
  await write(page, 'The sea is wide and the road is long, and nobody knows who drew the map. '.repeat(4000));
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText(/Speaking…|Waiting for a free slot/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText(/^Stopped\./)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Generate/ })).toBeEnabled();
});

test('who walks away is told when the work is finished', async ({ studio: page }) => {
  await write(page, 'The road went on through the valley, past the mill and the old bridge. '.repeat(600));
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText(/Speaking…|Waiting for a free slot/).first()).toBeVisible();
  await page.getByRole('link', { name: 'Credits', exact: true }).filter({ visible: true }).click();
  await expect(page.getByText(/^“The road went on.*” is ready$/)).toBeVisible({ timeout: 55_000 });
});

test('every format plays once it is finished', async ({ studio: page }) => {
  for (const format of ['WAV', 'Opus', 'FLAC', 'AAC']) {
    await write(page, `This take is ${format}.`);
    await page.getByText(format, { exact: true }).click();
    await page.keyboard.press('Control+Enter');
    const take = page.getByRole('listitem').first();
    await expect(take.getByText(new RegExp(`· ${format.toUpperCase()} · 0:0\\d`))).toBeVisible({
      timeout: 40_000,
    });
    const pause = take.getByRole('button', { name: 'Pause', exact: true });
    if (!(await pause.isVisible())) await take.getByRole('button', { name: 'Play', exact: true }).click();
    await expect(take.getByRole('slider', { name: 'Position' })).not.toHaveValue('0');
  }
});

test('voices are found by language and name, and can be tried', async ({ studio: page, isMobile }) => {
  await page.goto('/studio/speech');
  await page.getByRole('button', { name: 'German', exact: true }).click();
  const german = page.getByRole('radio').first();
  await german.check();
  await expect(page).toHaveURL(/voice=/);
  const preview = page.waitForResponse(/\/api\/voices\/.+\/preview/);
  await page
    .getByRole('button', { name: /^Preview / })
    .first()
    .click();
  expect((await preview).ok()).toBe(true);
  if (isMobile) return;
  await page.getByRole('textbox', { name: 'Find a voice' }).fill('no such voice');
  await expect(page.getByText('No voice matches “no such voice”.')).toBeVisible();
});

test('a dropped text file becomes the text', async ({ studio: page }) => {
  await page.goto('/studio/speech');
  await page.locator('input[type=file]').setInputFiles({
    name: '港口.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), // 你好 as GBK
  });
  await expect(page.getByRole('textbox', { name: 'Text to speak' })).toHaveValue('你好');
});

test('the language switch changes the page and is remembered', async ({ studio: page }) => {
  await page.goto('/studio/speech');
  await page.getByRole('button', { name: '简体中文' }).filter({ visible: true }).click();
  await expect(page.getByRole('heading', { name: '语音', level: 1 })).toBeVisible();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.getByRole('heading', { name: '语音', level: 1 })).toBeVisible();
});
