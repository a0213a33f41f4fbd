// Languages: which there are, which one is spoken, and saying a text of it. A language is one file in languages/, found by itself;
// what it lacks is said in English, and the console tells which texts those are. English comes with the page; another language is loaded
// before anything is shown in it.
import { IntlMessageFormat } from "intl-messageformat";
import type { Catalogue, Message } from "./catalogue";
import texts from "./languages/en.json";

export type Values = Readonly<Record<string, string | number>>;
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

export class Language {
  /** BCP 47, as its file is called: the page's `lang`. */
  readonly tag: string;
  /** The same with the person's region, for dates and numbers. */
  readonly locale: string;
  readonly words: Catalogue;
  /** The system's 12- or 24-hour habit. */
  readonly hour12: boolean | undefined;
  readonly #formats = new Map<Message, IntlMessageFormat>();

  constructor(tag: string, locale = tag, hour12?: boolean) {
    const english = catalogues.get("en") as Catalogue;
    const own = catalogues.get(tag) ?? english;
    this.tag = tag;
    this.locale = known(locale) ? locale : "en";
    this.hour12 = hour12;
    this.words = own === english ? english : complete(own, english, tag);
  }

  get direction(): "ltr" | "rtl" {
    return this.words.direction === "rtl" ? "rtl" : "ltr";
  }

  /** A text with its placeholders filled. One that begins with a placeholder begins a sentence. */
  say(message: Message, values: Values = {}): string {
    const plain = typeof message === "string";
    if (plain && !message.includes("{")) return message;
    const said = plain ? this.#plain(message, values) : this.#filled(message, values);
    return (plain ? !message.startsWith("{") : message[0]?.type === 0)
      ? said
      : said.charAt(0).toLocaleUpperCase(this.locale) + said.slice(1);
  }

  #plain(message: string, values: Values): string {
    return message.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) console.error(`latchkey: a text of "${this.tag}" cannot be filled: ${name}`);
      return String(value ?? "…");
    });
  }

  #filled(message: Exclude<Message, string>, values: Values): string {
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
  const wanted = setting ? [setting, ...system] : system;
  for (const locale of wanted) {
    const tag = fitting(locale, catalogues.keys());
    if (tag) return new Language(tag, regional(tag, locale, system), hour12);
    if (locale === setting) console.warn(`latchkey: there is no language "${setting}"; the system’s is used`);
  }
  return new Language("en", "en", hour12);
}

/** The language for a locale, of these: the most exact one. */
function fitting(locale: string, tags: Iterable<string>): string | null {
  const all = [...tags];
  const parts = locale.toLowerCase().split(/[-_]/);
  for (; parts.length > 0; parts.pop()) {
    const wanted = parts.join("-");
    for (const tag of all) if (tag.toLowerCase() === wanted) return tag;
  }
  return null;
}

/** The person's own variant of a language, when the system names one. */
function regional(tag: string, locale: string, system: readonly string[]): string {
  const base = tag.split("-")[0];
  return [locale, ...system].find((it) => it.split("-")[0] === base && it.includes("-")) ?? tag;
}

function known(locale: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
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
