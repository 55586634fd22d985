import { expect, test } from './studio';

test('the shell opens without a network', async ({ studio: page, context }) => {
  await page.goto('/');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => (await caches.keys()).length > 0);
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await context.setOffline(true);
  await page.goto('/studio/speech');
  await expect(page.getByRole('heading', { name: 'Speech', level: 1 })).toBeVisible();
  await expect(page.getByText('You are offline')).toBeVisible();
});

test('the service worker never answers for the server', async ({ page }) => {
  await page.goto('/');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const health = await page.request.get('/health');
  expect(await health.json()).toMatchObject({ status: 'ok' });
  const body = await page.evaluate(async () => (await fetch('/api/nothing-here')).status);
  expect(body).toBe(404);
});

test('the manifest is complete enough to install', async ({ page, request }) => {
  await page.goto('/');
  const href = await page.locator('link[rel=manifest]').getAttribute('href');
  const manifest: { icons: { src: string; purpose?: string }[]; display: string; name: string } = await (
    await request.get(href ?? '')
  ).json();
  expect(manifest.name).toContain('AIMake');
  expect(manifest.display).toBe('standalone');
  expect(manifest.icons.some((i) => i.purpose === 'maskable')).toBe(true);
  for (const icon of manifest.icons) expect((await request.get(icon.src)).ok()).toBe(true);
});

test('no page asks for inline script or a foreign origin', async ({ studio: page, baseURL }) => {
  const problems: string[] = [];
  const home = new URL(baseURL ?? '').origin;
  page.on('console', (m) => m.type() === 'error' && problems.push(m.text()));
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('request', (r) => {
    if (!r.url().startsWith(home) && !/^(data|blob):/.test(r.url())) problems.push(r.url());
  });
  for (const path of ['/', '/sign-in', '/studio/speech', '/library', '/credits', '/account']) {
    await page.goto(path, { waitUntil: 'networkidle' });
  }
  expect(problems).toEqual([]);
});
