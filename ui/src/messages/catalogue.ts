// The shape of a language, taken from English: every text the page can show, by name. A text is opaque: only `say` shows it.
import type { MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import type english from "./languages/en.json";

/** A text as build/messages.ts compiled it: a string may hold plain placeholders. Every text may use {product}, {provider}, {store} and {providerNamed} (yes or no). */
export type Message = string | readonly MessageFormatElement[];

type Texts<T> = { readonly [Name in keyof T]: T[Name] extends string ? Message : Texts<T[Name]> };

export type Catalogue = Texts<typeof english>;

/** Why nobody is signed in, or a problem: a heading, and a sentence with what to do. */
export interface Wording {
  readonly title: Message;
  readonly sentence: Message;
}
