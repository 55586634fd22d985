import { expect, PASSWORD, test } from './studio';
import { HOSTILE, member, watch } from './hostile';

// S57: titles, tags, texts, names of people and keys that want to be more than text.
test('S57 sixty hostile texts are shown as what they are, and do nothing', async ({
  page,
  baseURL,
  isMobile,
}) => {
  test.skip(isMobile, 'once is enough: what is shown is the same');
  test.setTimeout(300_000);
  expect(new Set(HOSTILE).size).toBe(60);
  const inert = await watch(page, baseURL ?? '');
  const name = `inert${Math.random().toString(36).slice(2, 9)}`;
  const json = { 'X-Requested-With': 'AIMake' };
  const joined = await page.request.post('/api/auth/register', {
    data: {
      username: name,
      email: `${name}@example.com`,
      password: PASSWORD,
      agreement: true,
      firstName: HOSTILE[0],
      lastName: HOSTILE[1],
    },
    headers: json,
  });
  const headers = { ...json, Authorization: `Bearer ${await member(joined, 'accessToken')}` };
  for (const [i, title] of HOSTILE.entries()) {
    const made = await page.request.post('/api/tts/generate', {
      data: {
        text: 'Well.',
        voiceId: 'espeak:en-us',
        format: 'mp3',
        title,
        tags: [HOSTILE[59 - i]].filter((tag) => tag !== undefined && tag.length <= 50),
      },
      headers,
    });
    expect(made.ok(), `${title}: ${await made.text()}`).toBeTruthy();
  }
  const texts = HOSTILE.join('\n');
  expect(
    (
      await page.request.post('/api/tts/generate', {
        data: { text: texts, voiceId: 'espeak:en-us', format: 'mp3' },
        headers,
      })
    ).ok(),
  ).toBeTruthy();
  for (const key of HOSTILE.slice(0, 12)) {
    expect(
      (await page.request.post('/api/tokens', { data: { name: key, scopes: ['chat'] }, headers })).ok(),
    ).toBeTruthy();
  }

  await page.addInitScript(() => localStorage.setItem('aimake.session', '1'));
  await page.goto('/library');
  await expect(page.getByText(HOSTILE[59]!, { exact: true }).first()).toBeVisible(); // as text, whole
  const more = page.getByRole('button', { name: 'Load more' });
  await expect(async () => {
    // The button goes with the last page, which may come between looking and clicking.
    if (await more.isVisible()) await more.click({ timeout: 1000 });
    await expect(page.getByText(HOSTILE[0]!, { exact: true }).first()).toBeVisible({ timeout: 1000 }); // made first, shown last
  }).toPass({ timeout: 60_000 });
  await inert();
  await page.goto(`/library?q=${encodeURIComponent(HOSTILE[1]!)}`);
  await expect(page.getByText(HOSTILE[1]!, { exact: true }).first()).toBeVisible();
  await inert();
  for (const path of [
    '/keys',
    '/account',
    '/usage',
    '/credits',
    '/purchases',
    '/studio/speech',
    `/sign-in?next=${encodeURIComponent('javascript:window.__owned=99')}`,
  ]) {
    await page.goto(path, { waitUntil: 'networkidle' });
    await inert();
  }
  await page.goto('/keys');
  await expect(page.getByText(HOSTILE[3]!, { exact: true }).first()).toBeVisible();
});
