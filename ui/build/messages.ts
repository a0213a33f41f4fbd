// Compiles the languages while the page is built: ICU texts become what intl-messageformat formats, so that its parser (three
// quarters of the library) stays out of the page. A text that cannot be parsed is left out and named; English stands in for it.
import { parse, TYPE } from "@formatjs/icu-messageformat-parser";
import type { Plugin } from "vite";

const languages = /[/\\]messages[/\\]languages[/\\][^/\\]+\.json$/;

/** A compiled text: plain, or parts with placeholders. */
export type Compiled = string | ReturnType<typeof parse>;
export type Tree<T> = { readonly [key: string]: T | Tree<T> };

/** Every text of a language; `broken` hears of those that are none. */
export function compile(texts: Tree<unknown>, broken: (path: string, why: string) => void, path = ""): Tree<Compiled> {
  const all: Record<string, Compiled | Tree<Compiled>> = {};
  for (const [name, value] of Object.entries(texts)) {
    const here = `${path}${name}`;
    if (typeof value === "object" && value !== null) {
      all[name] = compile(value as Tree<unknown>, broken, `${here}.`);
    } else if (typeof value === "string") {
      try {
        all[name] = text(value);
      } catch (error) {
        broken(here, error instanceof Error ? error.message : String(error));
      }
    } else broken(here, "not a text");
  }
  return all;
}

function text(source: string): Compiled {
  const parts = parse(source, { ignoreTag: true });
  const [only] = parts;
  if (!only) return "";
  return parts.length === 1 && only.type === TYPE.literal ? only.value : parts;
}

export function messages(): Plugin {
  return {
    name: "latchkey-messages",
    enforce: "pre",
    transform(code, id) {
      if (!languages.test(id)) return null;
      const texts = JSON.parse(code) as Tree<unknown>;
      const compiled = compile(texts, (path, why) => this.warn(`${id}: ${path}: ${why}; English is shown instead`));
      return { code: JSON.stringify(compiled), map: null };
    },
  };
}
