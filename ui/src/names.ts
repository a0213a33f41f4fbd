// What people call a language.
import type { Language } from "./messages";

/** "British English", "Deutsch"; the tag itself where nobody has a name for it. */
export function languageName(tag: string, language: Language): string {
  try {
    return new Intl.DisplayNames(language.locale, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
