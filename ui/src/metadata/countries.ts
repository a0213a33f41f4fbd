// Countries by the names of the language that is spoken. Which there are and what they are called is the platform's to say (Intl); of
// what it knows, left out is what is no country of ISO 3166-1.
import type { Language } from "../messages";

const others = /^(AC|CP|CQ|DG|EA|EU|EZ|IC|QO|TA|UN|XA|XB|XK|ZZ)$/;
const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

export interface Country {
  readonly code: string;
  readonly name: string;
}

/** What people call a country; what is no code stays as it is. */
export function countryName(code: string, language: Language): string {
  return /^[A-Z]{2}$/.test(code) ? (new Intl.DisplayNames(language.locale, { type: "region" }).of(code) ?? code) : code;
}

/** All countries, in the order of their names. */
export function countries(language: Language): Country[] {
  const names = new Intl.DisplayNames(language.locale, { type: "region" });
  const order = new Intl.Collator(language.locale);
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .filter(({ code, name }) => name !== code && !others.test(code) && new Intl.Locale(`und-${code}`).region === code)
    .sort((one, other) => order.compare(one.name, other.name));
}
