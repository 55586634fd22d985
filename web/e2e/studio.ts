import { test as base, type Page } from '@playwright/test';

export const PASSWORD = 'a long sentence to remember';

interface Person {
  name: string;
}

/** One account a worker, and a fresh session of it for every test that asks for `studio`. */
export const test = base.extend<{ studio: Page }, { person: Person }>({
  person: [
    async ({ browser }, give, worker) => {
      const name = `e2e${worker.workerIndex}${Math.random().toString(36).slice(2, 8)}`;
      const context = await browser.newContext({ baseURL: base.info().project.use.baseURL ?? '' });
      const made = await context.request.post('/api/auth/register', {
        data: { username: name, email: `${name}@example.com`, password: PASSWORD, agreement: true },
        headers: { 'X-Requested-With': 'AIMake' },
      });
      if (!made.ok()) throw new Error(`no account: ${made.status()} ${await made.text()}`);
      await context.close();
      await give({ name });
    },
    { scope: 'worker' },
  ],
  studio: async ({ page, person }, give) => {
    const entered = await page.request.post('/api/auth/login', {
      data: { login: person.name, password: PASSWORD },
      headers: { 'X-Requested-With': 'AIMake' },
    });
    if (!entered.ok()) throw new Error(`no session: ${entered.status()} ${await entered.text()}`);
    await page.addInitScript(() => localStorage.setItem('aimake.session', '1'));
    await give(page);
  },
});

export { expect } from '@playwright/test';

/** Writes a text into the studio and waits until its price stands there. */
export async function write(page: Page, text: string) {
  await page.goto('/studio/speech');
  await page.getByRole('textbox', { name: 'Text to speak' }).fill(text);
  await page
    .getByText(/^[\d.,]+ credits$/)
    .first()
    .waitFor();
}

/** Speaks a text and waits for the finished take. */
export async function speak(page: Page, text: string) {
  await write(page, text);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Download', exact: true }).first().waitFor({ timeout: 40_000 });
}
