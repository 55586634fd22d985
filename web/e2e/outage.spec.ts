import { expect, test } from '@playwright/test';
// oxlint-disable-next-line typescript/ban-ts-comment -- plain JavaScript, shared with the client tests
// @ts-expect-error it has no types
import { startAIMake } from '../../tests/clients/aimake.mjs';
// oxlint-disable-next-line typescript/ban-ts-comment -- as above
// @ts-expect-error it has no types
import { startPostgres } from '../../tests/clients/postgres.mjs';

interface Running {
  url: string;
  stop: () => Promise<number>;
}

interface Postgres {
  url: string;
  stop: () => void;
  start: () => void;
  remove: () => void;
}

// A product of its own on a PostgreSQL of its own, which goes away in the middle of a purchase.
let database: Postgres;
let running: Running;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unsafe-call -- as above
  database = (await startPostgres()) as Postgres;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unsafe-call -- as above
  running = (await startAIMake({ DATABASE_URL: database.url })) as Running;
});

test.afterAll(async () => {
  await running.stop();
  database.remove();
});

for (const [locale, say] of [
  [
    'en-US',
    {
      github: 'Continue with GitHub',
      accept: 'Accept and continue',
      buy: 'Buy: 500 credits · Creem',
      simply: 'you can pay all the same',
      go: 'Go to the payment page',
      pay: 'Pay',
      safe: 'Your payment is safe',
      once: 'There is no need to pay again.',
      paid: 'Paid. Thank you!',
      credits: 'You have 1,000 credits to spend.',
    },
  ],
  [
    'zh-CN',
    {
      github: '使用 GitHub 继续',
      accept: '同意并继续',
      buy: '购买: 500 点 · Creem',
      simply: '仍可付款',
      go: '前往付款页',
      pay: '付款',
      safe: '你的付款是安全的',
      once: '无需再次付款。',
      paid: '付款成功，谢谢！',
      credits: '现有 1,000 点可用。',
    },
  ],
] as const)
  test.describe(locale, () => {
    test.use({ locale });

    test('who signed up with GitHub buys a pack with Creem while PostgreSQL is stopped, and gets the credits when it is back', async ({
      page,
    }) => {
      test.setTimeout(120_000);
      const login = `octo${Math.random().toString(36).slice(2, 8)}`;
      await page.goto(`${running.url}/sign-up`);
      await page.getByRole('link', { name: say.github }).click();
      await page.getByText('Somebody else').click();
      await page.getByRole('textbox', { name: 'Login' }).fill(login);
      await page.getByRole('textbox', { name: 'E-mail' }).fill(`${login}@example.com`);
      await page.getByRole('button', { name: 'Continue', exact: true }).click();
      await expect(page).toHaveURL(/\/studio\/speech/);
      // a browser that follows the link at once meets the question where it buys
      await page.goto(new URL('/pricing', page.url()).href);
      await page.getByRole('button', { name: say.accept }).click();
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await expect(page.getByRole('button', { name: say.buy })).toBeVisible();

      database.stop();
      try {
        await page.getByRole('button', { name: say.buy }).click();
        await expect(page.getByRole('status').filter({ hasText: say.simply })).toBeVisible();
        await expect(page.getByRole('alert')).toHaveCount(0);
        await page.getByRole('button', { name: say.go }).click();
        await page.getByRole('textbox').fill(`${login}@example.com`);
        await page.getByRole('button', { name: say.pay, exact: true }).click();
        await expect(page.getByRole('heading', { name: say.safe })).toBeVisible();
        await expect(page.getByText(say.once)).toBeVisible();
        // a reader who tries for themselves sees the same, not a fault
        await page.reload();
        await expect(page.getByRole('heading', { name: say.safe })).toBeVisible();
        await expect(page.getByRole('alert')).toHaveCount(0);
      } finally {
        database.start();
      }

      await expect(page.getByRole('heading', { name: say.paid })).toBeVisible({ timeout: 30_000 });
      await expect(page.getByText(say.credits)).toBeVisible();
    });
  });
