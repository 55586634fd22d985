// Screenshots of every page for a person to look at: AIMAKE_URL=http://… node scripts/shots.mjs [outDir] [only]
// Needs a running server; registers an account of its own.
import { mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { args, executablePath } from './browser.mjs';

const out = process.argv[2] ?? 'shots';
const only = process.argv[3];
const base = process.env.AIMAKE_URL ?? 'http://localhost:8080';
mkdirSync(out, { recursive: true });
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const T = (en, zh) => new RegExp(`^(${en}|${zh})$`);

for (const [device, viewport] of Object.entries(SIZES)) {
  for (const [scheme, locale] of [
    ['light', 'en-US'],
    ['dark', 'zh-CN'],
  ]) {
    if (only && !`${device}-${scheme}`.includes(only)) continue;
    const context = await chromium.launchPersistentContext(mkdtempSync(path.join(os.tmpdir(), 'shots-')), {
      executablePath,
      args: [...args, '--autoplay-policy=no-user-gesture-required'],
      viewport,
      colorScheme: scheme,
      locale,
      deviceScaleFactor: device === 'phone' ? 2 : 1,
      isMobile: device === 'phone',
      hasTouch: device === 'phone',
    });
    const page = context.pages()[0] ?? (await context.newPage());
    const bad = [];
    page.on('console', (m) => m.type() === 'error' && bad.push(m.text()));
    page.on('pageerror', (e) => bad.push(String(e)));
    const snap = async (name, o = {}) => {
      await page.waitForTimeout(350);
      await page.screenshot({ path: `${out}/${name}-${device}-${scheme}.png`, ...o });
    };
    const go = (to) => page.goto(base + to, { waitUntil: 'networkidle' });

    await go('/');
    await snap('landing');
    await snap('landing-full', { fullPage: true });
    await go('/sign-up');
    await snap('sign-up');
    const name = `guest${Math.random().toString(36).slice(2, 9)}`;
    await page.getByLabel(T('Username', '用户名')).fill(name);
    await page.getByLabel(T('E-mail', '邮箱')).fill(`${name}@example.com`);
    await page
      .getByLabel(/^(Password|密码)/)
      .first()
      .fill('a long sentence to remember');
    await page.getByRole('button', { name: T('Create account', '创建账户') }).click();
    await page.waitForURL('**/studio/speech');
    await page.waitForLoadState('networkidle');
    await snap('speech-empty');
    await page.getByRole('button', { name: /sample|示例/ }).click();
    await page.waitForTimeout(900);
    await page.getByRole('button', { name: /Generate|生成/ }).click();
    await page.waitForTimeout(1500);
    await snap('speech-running');
    await page.getByRole('button', { name: T('Download', '下载') }).waitFor({ timeout: 60000 });
    await page.waitForTimeout(600);
    const pause = page.getByRole('button', { name: T('Pause', '暂停') });
    if (await pause.isVisible()) await pause.click();
    await page
      .getByRole('slider', { name: T('Position', '播放位置') })
      .first()
      .fill('7');
    await snap('speech');
    if (device === 'phone') await snap('speech-full', { fullPage: true });
    await go('/library');
    await page.locator('li button').nth(1).waitFor();
    await snap('library');
    await page.locator('li button').nth(1).click();
    await page.getByRole('textbox', { name: /Text of this|此音频的文字/ }).waitFor();
    await snap('library-text');
    await page.getByRole('tab').nth(1).click();
    await snap('library-receipt');
    await go('/credits');
    await snap('credits');
    for (const page of ['usage', 'keys', 'provider-keys']) {
      await go(`/${page}`);
      await snap(page);
    }
    await go('/account');
    await snap('account');
    if (device === 'desktop') {
      await page.keyboard.press('Control+K');
      await page.waitForTimeout(900);
      await snap('palette');
      await page.keyboard.press('Escape');
      await page.waitForTimeout(400);
      await page.keyboard.press('?');
      await page.waitForTimeout(600);
      await snap('shortcuts');
    }
    console.log(device, scheme, bad.length > 0 ? bad : 'no console errors');
    await context.close();
  }
}
