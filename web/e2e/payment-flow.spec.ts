import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
// oxlint-disable-next-line typescript/ban-ts-comment -- plain JavaScript, shared with the client tests
// @ts-expect-error it has no types
import { startAIMake } from '../../tests/clients/aimake.mjs';
import { PASSWORD } from './studio';

interface Running {
  url: string;
  simulator: { post: (path: string, body: unknown) => Promise<void> };
  stop: () => Promise<number>;
}

let running: Running;
let home: string;

// what one test tells the simulator would reach the others
test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unsafe-call -- as above
  running = (await startAIMake()) as Running;
  home = running.url.replace('127.0.0.1', 'localhost');
});

test.afterAll(() => running.stop());
const deliverWell = () =>
  Promise.all(['stripe', 'creem'].map((provider) => running.simulator.post('/__deliveries', { provider })));
test.afterEach(deliverWell);

async function enter(page: Page, search = '') {
  const name = `walker${Math.random().toString(36).slice(2, 9)}`;
  const made = await page.request.post(`${home}/api/auth/register`, {
    data: { username: name, email: `${name}@example.com`, password: PASSWORD, agreement: true },
    headers: { 'X-Requested-With': 'AIMake' },
  });
  expect(made.ok()).toBe(true);
  await page.addInitScript(() => localStorage.setItem('aimake.session', '1'));
  await page.goto(`${home}/test-payment-flow${search}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

async function nothingFound(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`)).toEqual([]);
}

for (const how of ['Refund', 'Dispute']) {
  test(`every step of every purchase turns green, with a ${how.toLowerCase()} at the end`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    await enter(page);
    await nothingFound(page);
    await page.getByText(how, { exact: true }).click();
    await page.getByRole('button', { name: 'Run everything' }).click();
    const lanes = page.getByRole('navigation', { name: 'Purchases' }).getByRole('button');
    await expect(lanes).toHaveCount(4);
    await expect(lanes.filter({ hasText: 'All green' })).toHaveCount(4, { timeout: 90_000 });
    for (const lane of await lanes.all()) {
      await lane.click();
      await expect(page.getByText('Not as expected')).toHaveCount(0);
    }
    await nothingFound(page);
  });
}

test('a forged notice makes its step red and says why; the steps after it heal the purchase', async ({
  page,
}) => {
  await running.simulator.post('/__deliveries', { provider: 'stripe', forged: true, retryMs: [] });
  await enter(page, '?lane=stripe-pack');
  await page.getByRole('button', { name: 'Run this purchase' }).click();
  const red = page.getByRole('listitem').filter({ hasText: 'Not as expected' });
  await expect(red.getByRole('heading', { name: 'Notice came' })).toBeVisible();
  await expect(red).toContainText('the server answered 400');
  await expect(red.getByRole('alert')).toContainText('STRIPE_WEBHOOK_SECRET');
  await nothingFound(page);

  await deliverWell();
  await page.getByRole('button', { name: 'Run: Order is paid' }).click();
  await expect(page.getByText('Paid, after asking Stripe: no notice had told of it')).toBeVisible();
});

test('a lost notice is red at Creem too, and a step can be run again', async ({ page }) => {
  await running.simulator.post('/__deliveries', { provider: 'creem', lose: true });
  await enter(page, '?lane=creem-pack');
  await page.getByRole('button', { name: 'Run this purchase' }).click();
  const red = page.getByRole('listitem').filter({ hasText: 'Not as expected' });
  await expect(red).toContainText('lost on');
  await expect(red.getByRole('alert')).toContainText('told to lose notices');
  await page.getByRole('button', { name: 'Run again: Notice came' }).click();
  await expect(red).toContainText('lost on');
});

test('who has a subscription is told, ends it here, and goes on', async ({ page }) => {
  await enter(page, '?lane=creem-plan');
  for (const step of ['Order written down', "Provider's page opened", 'Paid on that page', 'Buyer came back'])
    await page.getByRole('button', { name: `Run: ${step}` }).click();
  await expect(page.getByRole('button', { name: 'Run: Notice came' })).toBeEnabled();
  await page.reload();
  await page.getByRole('button', { name: 'Run: Order written down' }).click();
  await expect(page.getByRole('alert')).toContainText('one subscription at a time');
  await page.getByRole('button', { name: 'End the subscription now' }).click();
  await expect(page.getByText('All green')).toBeVisible({ timeout: 40_000 });
});

test.describe('用中文', () => {
  test.use({ locale: 'zh-CN', colorScheme: 'dark' });

  test('按键盘运行一次购买，全部通过', async ({ page }) => {
    await enter(page, '?lane=creem-pack');
    await page.getByRole('button', { name: '运行此购买' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText('全部通过')).toBeVisible({ timeout: 40_000 });
    await nothingFound(page);
  });
});
