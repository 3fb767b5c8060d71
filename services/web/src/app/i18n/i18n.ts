import i18next, { type TFunction } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { speak } from '../api/client.js';
import type en from './en.json';

export type Catalog = typeof en;

declare module 'i18next' {
  interface CustomTypeOptions {
    keySeparator: false;
    nsSeparator: false;
    resources: { translation: Catalog };
  }
}

export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = 'keyfold.language';
const catalogs: Record<Language, () => Promise<{ default: Catalog }>> = { en: () => import('./en.json'), fr: () => import('./fr.json') };

const preferred = (): Language => {
  const chosen = localStorage.getItem(KEY) ?? navigator.language.slice(0, 2);
  return chosen === 'fr' ? 'fr' : 'en';
};

async function load(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) i18next.addResourceBundle(language, 'translation', (await catalogs[language]()).default);
  speak(language);
  document.documentElement.lang = language;
}

export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: preferred(),
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: {},
  });
  await load(preferred());
}

export async function choose(language: Language): Promise<void> {
  localStorage.setItem(KEY, language);
  await load(language);
  await i18next.changeLanguage(language);
}

/** A catalogue entry whose key comes from data: a problem's code, an event's type. Falls back to the given text. */
export function say(t: TFunction, key: string, params: Readonly<Record<string, unknown>>, fallback: string): string {
  return i18next.exists(key) ? t(key as 'app.name', params) : fallback;
}
