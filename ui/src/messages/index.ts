// Chooses a language and fills texts in. Adding a language: one file of the shape in catalogue.ts and one line here.
import type { Catalogue } from "./catalogue";
import { en } from "./en";

const languages: Readonly<Record<string, Catalogue>> = { en };

/** The best catalogue for a list of BCP 47 tags, English when none fits. */
export function catalogueFor(tags: readonly string[]): Catalogue {
  for (const tag of tags) {
    const base = tag.toLowerCase().split("-")[0] ?? "";
    if (Object.hasOwn(languages, base)) return languages[base] ?? en;
  }
  return en;
}

/** Puts values into a text's {placeholders}; an unknown placeholder stays, so that a test can find it. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}
