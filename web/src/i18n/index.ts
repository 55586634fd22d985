import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type account from './locales/en/account.json';
import type admin from './locales/en/admin.json';
import type agreement from './locales/en/agreement.json';
import type auth from './locales/en/auth.json';
import type common from './locales/en/common.json';
import type credits from './locales/en/credits.json';
import type flow from './locales/en/flow.json';
import type keys from './locales/en/keys.json';
import type landing from './locales/en/landing.json';
import type library from './locales/en/library.json';
import type orders from './locales/en/orders.json';
import type pricing from './locales/en/pricing.json';
import type providerKeys from './locales/en/providerKeys.json';
import type purchases from './locales/en/purchases.json';
import type speech from './locales/en/speech.json';
import type subscription from './locales/en/subscription.json';
import type usage from './locales/en/usage.json';

export const LANGS = { en: 'English', 'zh-CN': '简体中文' } as const;
export type Lang = keyof typeof LANGS;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    keySeparator: false;
    resources: {
      account: typeof account;
      admin: typeof admin;
      agreement: typeof agreement;
      auth: typeof auth;
      common: typeof common;
      credits: typeof credits;
      flow: typeof flow;
      keys: typeof keys;
      landing: typeof landing;
      library: typeof library;
      orders: typeof orders;
      pricing: typeof pricing;
      providerKeys: typeof providerKeys;
      purchases: typeof purchases;
      speech: typeof speech;
      subscription: typeof subscription;
      usage: typeof usage;
    };
  }
}

const files = import.meta.glob<{ default: Record<string, string> }>('./locales/*/*.json');

const lazyJson: BackendModule = {
  type: 'backend',
  init() {},
  read(lang, ns, done) {
    const load = files[`./locales/${lang}/${ns}.json`];
    if (!load) return done(new Error(`no ${lang}/${ns}`), null);
    void load().then(
      (m) => done(null, m.default),
      (e: unknown) => done(e instanceof Error ? e : new Error(String(e)), null),
    );
  },
};

export const asLang = (tag: string | undefined): Lang => (tag === 'zh-CN' ? 'zh-CN' : 'en');
export const currentLang = (): Lang => asLang(i18next.resolvedLanguage);

let ready: Promise<unknown> = Promise.resolve();

export function initI18n(lang: string) {
  ready = i18next
    .use(lazyJson)
    .use(initReactI18next)
    .init({
      lng: lang,
      fallbackLng: 'en',
      supportedLngs: Object.keys(LANGS),
      ns: ['common'],
      defaultNS: 'common',
      keySeparator: false,
      partialBundledLanguages: true,
      interpolation: { escapeValue: false },
    });
  return ready;
}

export async function setLang(lang: Lang) {
  await i18next.changeLanguage(lang);
  document.documentElement.lang = lang;
  try {
    localStorage.setItem('lang', lang);
  } catch {
    // private mode: the choice lasts for this visit only
  }
}

/** Used by route loaders: the texts of a feature arrive together with its code. */
export const loadNs = async (ns: string) => {
  await ready;
  await i18next.loadNamespaces(ns);
};

export { default as i18n } from 'i18next';
