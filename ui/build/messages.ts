// Compiles the languages while the page is built: ICU texts become what intl-messageformat formats, so that its parser (three
// quarters of the library) stays out of the page. A text that cannot be parsed is left out and named; English stands in for it. A text
// with plain placeholders alone stays text, and a language but English is the list of its texts in the order of English: both are
// smaller.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, TYPE } from "@formatjs/icu-messageformat-parser";
import type { Plugin } from "vite";

const languages = /[/\\]messages[/\\]languages[/\\][^/\\]+\.json$/;

/** A compiled text: plain, with plain placeholders, or parts of which some are choices. */
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
  if (parts.length <= 1 && (!only || only.type === TYPE.literal)) return only?.value ?? "";
  const plain = parts.every((part) => part.type === TYPE.literal || part.type === TYPE.argument);
  return plain && !source.includes("'") ? source.replace(/\{\s*(\w+)\s*\}/g, "{$1}") : parts;
}

/** The texts in the order of English; null where there is none. */
function listed(own: Tree<unknown> | undefined, english: Tree<unknown>): unknown[] {
  return Object.entries(english).flatMap(([name, value]) => {
    const mine = own?.[name];
    if (typeof value !== "object" || value === null) return [mine ?? null];
    const tree = typeof mine === "object" && mine !== null && !Array.isArray(mine);
    return listed(tree ? (mine as Tree<unknown>) : undefined, value as Tree<unknown>);
  });
}

/** The texts at these paths, a group or a text each. */
function only(texts: Tree<Compiled>, paths: readonly string[]): Tree<Compiled> {
  const all: Record<string, Compiled | Tree<Compiled>> = {};
  for (const path of paths) {
    const [name, ...rest] = path.split(".") as [string, ...string[]];
    const there = texts[name];
    if (there === undefined) continue;
    all[name] =
      rest.length === 0
        ? there
        : { ...(all[name] as Tree<Compiled>), ...only(there as Tree<Compiled>, [rest.join(".")]) };
  }
  return all;
}

/** `paths`: only these texts, and all languages by the names of English. */
export function messages(paths?: readonly string[]): Plugin {
  return {
    name: "latchkey-messages",
    enforce: "pre",
    transform(code, id) {
      if (!languages.test(id)) return null;
      const texts = JSON.parse(code) as Tree<unknown>;
      const compiled = compile(texts, (path, why) => this.warn(`${id}: ${path}: ${why}; English is shown instead`));
      if (paths) return { code: JSON.stringify(only(compiled, paths)), map: null };
      const [path] = id.split("?");
      const english = join(dirname(path as string), "en.json");
      const order = JSON.parse(readFileSync(english, "utf8")) as Tree<unknown>;
      const all = /[/\\]en\.json$/.test(id) ? compiled : listed(compiled, order);
      return { code: JSON.stringify(all), map: null };
    },
  };
}
