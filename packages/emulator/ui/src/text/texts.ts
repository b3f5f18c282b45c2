import { chinese } from './chinese.js';
import { english, type TextKey } from './english.js';

/** The languages of the page. */
export type Language = 'en' | 'zh';

/** Says something in the language of the page. */
export type Say = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

/** Every text of each language. */
export const TEXTS: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { en: english, zh: chinese };

/** Says things in a language: `{name}` becomes the value of that name, and stays what it is without one. */
export function sayIn(language: Language): Say {
  const texts = TEXTS[language];
  return (key, values = {}) =>
    texts[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
