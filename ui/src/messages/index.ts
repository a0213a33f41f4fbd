// Languages: which there are, which one is spoken, and saying a text of it. A language is one file in languages/, found by itself;
// what it lacks is said in English, and the console tells which texts those are. English comes with the page; another language is loaded
// before anything is shown in it.
import { IntlMessageFormat } from "intl-messageformat";
import type { Catalogue, Message } from "./catalogue";
import { fitting, known, spoken } from "./choosing";
import texts from "./languages/en.json";
import { PlainLanguage, type Values } from "./plain";

export type { Values };

type Tree = { readonly [name: string]: Message | Tree };

const files = import.meta.glob<(Message | null)[]>(["./languages/*.json", "!./languages/en.json"], {
  import: "default",
});
const others = new Map(Object.entries(files).map(([path, load]) => [path.replace(/^.*\/|\.json$/g, ""), load]));
const english = texts as Catalogue;
const catalogues = new Map<string, Catalogue>([["en", english]]);

/** A language as build/messages.ts lists it, by the names of English; what it lacks is left out. */
function named(texts: (Message | null)[], names: Tree): Tree {
  const all: Record<string, Message | Tree> = {};
  for (const [name, text] of Object.entries(names)) {
    const own = isTree(text) ? named(texts, text) : texts.shift();
    if (own != null) all[name] = own;
  }
  return all;
}

/** Adds a language that is no file: the tests' pseudo-locale. */
export function addLanguage(tag: string, catalogue: Catalogue): void {
  catalogues.set(tag, catalogue);
}

/** The tags of all languages. */
export const languages = (): string[] => [...new Set([...catalogues.keys(), ...others.keys()])];

/** Loads a language, unless it is there. */
export async function load(tag: string): Promise<void> {
  const file = others.get(tag);
  if (!file || catalogues.has(tag)) return;
  catalogues.set(tag, named([...(await file())], english as unknown as Tree) as unknown as Catalogue);
}

/** Loads the language that `choose` will choose. One that cannot be loaded is not there. */
export async function fetchLanguage(setting: string | null | undefined, system: readonly string[]): Promise<void> {
  for (const locale of setting ? [setting, ...system] : system) {
    const tag = fitting(locale, languages());
    if (tag) return load(tag).catch(() => {});
  }
}

export class Language extends PlainLanguage {
  readonly #formats = new Map<Message, IntlMessageFormat>();

  constructor(tag: string, locale = tag, hour12?: boolean) {
    const english = catalogues.get("en") as Catalogue;
    const own = catalogues.get(tag) ?? english;
    super(tag, known(locale) ? locale : "en", own === english ? english : complete(own, english, tag), hour12);
  }

  protected override chosen(message: Exclude<Message, string>, values: Values): string {
    try {
      let format = this.#formats.get(message);
      if (!format) {
        format = new IntlMessageFormat([...message], this.locale, undefined, { ignoreTag: true });
        this.#formats.set(message, format);
      }
      return String(format.format(values));
    } catch (reason) {
      // A text with a hole in it is better than no page.
      console.error(`latchkey: a text of "${this.tag}" cannot be filled: ${String(reason)}`);
      return message.map((part) => (part.type === 0 ? part.value : "…")).join("");
    }
  }
}

/** The language to speak: the one set, else the first of the system's that is there, else English. */
export function choose(setting: string | null | undefined, system: readonly string[], hour12?: boolean): Language {
  const { tag, locale } = spoken(setting, system, catalogues.keys());
  return new Language(tag, locale, hour12);
}

/** A language with English in its gaps. */
export function complete(own: Catalogue, english: Catalogue, tag: string): Catalogue {
  const missing: string[] = [];
  const fill = (to: Tree | undefined, from: Tree, path: string): Tree => {
    const all: Record<string, Message | Tree> = {};
    for (const [name, text] of Object.entries(from)) {
      const value = to !== undefined && Object.hasOwn(to, name) ? to[name] : undefined;
      if (isTree(text)) all[name] = fill(isTree(value) ? value : undefined, text, `${path}${name}.`);
      else if (value === undefined || isTree(value)) {
        all[name] = text;
        missing.push(`${path}${name}`);
      } else all[name] = value;
    }
    return all;
  };
  const whole = fill(own as Tree, english as Tree, "");
  if (missing.length > 0) console.warn(`latchkey: language "${tag}" lacks ${missing.join(", ")}; English is shown`);
  return whole as unknown as Catalogue;
}

function isTree(value: Message | Tree | undefined): value is Tree {
  return typeof value === "object" && !Array.isArray(value);
}
