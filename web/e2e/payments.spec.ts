import { expect, test, type Page } from '@playwright/test';
// oxlint-disable-next-line typescript/ban-ts-comment -- plain JavaScript, shared with the client tests
// @ts-expect-error it has no types
import { startAIMake } from '../../tests/clients/aimake.mjs';
import { PASSWORD } from './studio';

interface Running {
  url: string;
  stop: () => Promise<number>;
}

// A product of its own beside the simulator, whose payment pages are clicked through as buyers would.
let running: Running;
/** By the name the server sends buyers back to: elsewhere they would be strangers. */
let home: string;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unsafe-call -- as above
  running = (await startAIMake()) as Running;
  home = running.url.replace('127.0.0.1', 'localhost');
});

test.afterAll(() => running.stop());

async function enter(page: Page) {
  const name = `buyer${Math.random().toString(36).slice(2, 9)}`;
  const made = await page.request.post(`${home}/api/auth/register`, {
    data: { username: name, email: `${name}@example.com`, password: PASSWORD, agreement: true },
    headers: { 'X-Requested-With': 'AIMake' },
  });
  expect(made.ok()).toBe(true);
  await page.addInitScript(() => localStorage.setItem('aimake.session', '1'));
  await page.goto(`${home}/pricing`);
}

test('a pack is bought with Stripe, and its credits are there on the way back', async ({ page }) => {
  await enter(page);
  await page.getByRole('button', { name: /^Buy: 500 credits( · Stripe)?$/ }).click();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await expect(page.getByText('Paid. Thank you!')).toBeVisible();
  await expect(page.getByText('You have 1,000 credits to spend.')).toBeVisible();
  await page.reload();
  await expect(page.getByText('You have 1,000 credits to spend.')).toBeVisible();
  await page.getByRole('link', { name: 'All purchases' }).click();
  await expect(page.getByRole('row', { name: /500 credits.*Paid.*\$5/ })).toHaveCount(1);
});

test('a pack is bought with Creem, and its signed way back shows the credits', async ({ page }) => {
  await enter(page);
  await page.getByRole('button', { name: 'Buy: 500 credits · Creem' }).click();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await expect(page.getByText('Paid. Thank you!')).toBeVisible();
  await expect(page.getByText('You have 1,000 credits to spend.')).toBeVisible();
});

test('who turns back at the payment page is charged nothing, and can pay after all', async ({ page }) => {
  await enter(page);
  await page.getByRole('button', { name: /^Buy: 500 credits( · Stripe)?$/ }).click();
  await page.getByRole('button', { name: 'Back to the shop' }).click();
  await expect(page.getByText('Nothing was charged')).toBeVisible();
  await page.getByRole('button', { name: 'Go to the payment page' }).click();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await expect(page.getByText('Paid. Thank you!')).toBeVisible();
});

test('a plan is subscribed, changed, canceled and kept after all', async ({ page }) => {
  await enter(page);
  await page.getByRole('button', { name: /^Subscribe: Pro( · Stripe)?$/ }).click();
  await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await expect(page.getByText('Paid. Thank you!')).toBeVisible();
  await page.goto(`${home}/subscription`);
  await expect(page.getByRole('heading', { name: 'Pro', exact: true })).toBeVisible();
  await expect(page.getByText('Active', { exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the subscription' }).click();
  await expect(page.getByText(/^Ends on/)).toBeVisible();
  await page.getByRole('button', { name: 'Keep it after all' }).click();
  await expect(page.getByText(/^Renews on/)).toBeVisible();

  await page.getByRole('button', { name: 'Change to Team' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Change the plan' }).click();
  await expect(page.getByRole('heading', { name: 'Team', exact: true })).toBeVisible();
});

test.describe('用中文', () => {
  test.use({ locale: 'zh-CN' });

  test('用 Stripe 购买点数包，返回时点数已到账', async ({ page }) => {
    await enter(page);
    await page.getByRole('button', { name: /^购买: 500 点( · Stripe)?$/ }).click();
    await page.getByRole('button', { name: '付款', exact: true }).click();
    await expect(page.getByText('付款成功，谢谢！')).toBeVisible();
    await expect(page.getByText('现有 1,000 点可用。')).toBeVisible();
  });

  test('用 Creem 购买点数包，返回时点数已到账', async ({ page }) => {
    await enter(page);
    await page.getByRole('button', { name: '购买: 500 点 · Creem' }).click();
    await page.getByRole('button', { name: '付款', exact: true }).click();
    await expect(page.getByText('付款成功，谢谢！')).toBeVisible();
    await expect(page.getByText('现有 1,000 点可用。')).toBeVisible();
  });
});
