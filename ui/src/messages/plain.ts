// A language, as far as it says texts that are plain or have plain placeholders. Choices are said by `Language` (index.ts), with a library.
import type { Habits } from "../habits";
import type { Catalogue, Message } from "./catalogue";

export type Values = Readonly<Record<string, string | number>>;

export class PlainLanguage {
  /** BCP 47, as its file is called: the page's `lang`. */
  readonly tag: string;
  /** The same with the person's region, for dates and numbers. */
  readonly locale: string;
  readonly words: Catalogue;
  /** The system's 12- or 24-hour habit. */
  readonly hour12: boolean | undefined;
  /** How it says times, where that is known without asking the engine. */
  readonly habits: Habits | null;

  constructor(tag: string, locale: string, words: Catalogue, hour12?: boolean, habits: Habits | null = null) {
    this.tag = tag;
    this.locale = locale;
    this.words = words;
    this.hour12 = hour12;
    this.habits = habits;
  }

  get direction(): "ltr" | "rtl" {
    return this.words.direction === "rtl" ? "rtl" : "ltr";
  }

  /** A text with its placeholders filled. One that begins with a placeholder begins a sentence. */
  say(message: Message, values: Values = {}): string {
    const plain = typeof message === "string";
    if (plain && !message.includes("{")) return message;
    const said = plain ? this.#plain(message, values) : this.chosen(message, values);
    return (plain ? !message.startsWith("{") : message[0]?.type === 0)
      ? said
      : said.charAt(0).toLocaleUpperCase(this.locale) + said.slice(1);
  }

  /** A text with choices in it. */
  protected chosen(message: Exclude<Message, string>, values: Values): string {
    throw new Error(`"${this.tag}" cannot choose: ${message.length} parts, with ${Object.keys(values).join(", ")}`);
  }

  #plain(message: string, values: Values): string {
    return message.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) console.error(`latchkey: a text of "${this.tag}" cannot be filled: ${name}`);
      return String(value ?? "…");
    });
  }
}
