/**
 * What every language needs to put numbers, lists and lengths into its sentences, by the rules of `Intl`. Formats follow the person's region where
 * the system names one for the language (de-AT, en-GB), and are made once each.
 */

/** The languages that the page speaks, each in its own words. A new one is a file beside en.ts and a line here and in language.svelte.ts. */
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

/** The person's region of a language, as the system has it. */
export function regional(language: string, wanted: readonly string[] = systemLanguages()): string {
  return wanted.find((one) => base(one) === language) ?? language;
}

/** The first of the system's languages that the page speaks; English if it speaks none of them. */
export function ofSystem(wanted: readonly string[] = systemLanguages()): Language {
  const spoken = Object.keys(languages) as Language[];
  for (const one of wanted) {
    const found = spoken.find((language) => language === base(one));
    if (found) return found;
  }
  return "en";
}

function systemLanguages(): readonly string[] {
  return typeof navigator === "undefined" ? [] : navigator.languages;
}

function base(tag: string): string {
  return tag.toLowerCase().split("-")[0] ?? "";
}

/** One format of each kind and region: making one costs more than a thousand uses. */
function once<F>(make: (locale: string) => F): (language: string) => F {
  const made = new Map<string, F>();
  return (language) => {
    const locale = regional(language);
    const known = made.get(locale) ?? make(locale);
    made.set(locale, known);
    return known;
  };
}

const numbers = once((locale) => new Intl.NumberFormat(locale));
const tenths = once((locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }));
const lists = once((locale) => new Intl.ListFormat(locale, { type: "conjunction" }));
const rules = once((locale) => new Intl.PluralRules(locale));
export const relative = once((locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" }));
export const dates = once((locale) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" }));

export const moments = once((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }));

export const relativeDays = once((locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
export const weekdays = once((locale) => new Intl.DateTimeFormat(locale, { weekday: "long" }));

/** A word for every plural category of the language, in the order in which the language names them. */
type Forms<Categories extends readonly Intl.LDMLPluralRule[]> = { readonly [Place in keyof Categories]: string };

/** The parts of sentences of one language. `categories` are its plural categories (the catalogue's test holds them against `Intl`). */
export function speaking<const Categories extends readonly Intl.LDMLPluralRule[]>(language: Language, categories: Categories) {
  /** The form that belongs to a number, without the number. */
  const form = (n: number, ...forms: Forms<Categories>): string =>
    forms[categories.indexOf(rules(language).select(n))] ?? forms[categories.indexOf("other")] ?? "";
  const count = { format: (n: number): string => numbers(language).format(n) };
  return {
    categories,
    count,
    form,
    list: { format: (names: Iterable<string>): string => lists(language).format(names) },
    /** A number and what is counted. */
    plural: (n: number, ...forms: Forms<Categories>): string => `${count.format(n)} ${form(n, ...forms)}`,
    /** A number with one digit behind the sign. */
    decimal: (n: number): string => tenths(language).format(n),
    /** Bytes as people count them: 400 KB, 1.2 MB, 3.0 GB. What is there is never nothing. */
    size: (bytes: number): string => {
      if (bytes < 1_000_000) return `${count.format(Math.ceil(bytes / 1000))} KB`;
      return bytes < 1e9 ? `${tenths(language).format(bytes / 1e6)} MB` : `${tenths(language).format(bytes / 1e9)} GB`;
    },
  };
}
