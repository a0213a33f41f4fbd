// A language nobody speaks, for the tests and the gallery: English with accents, longer, between brackets, with a right-to-left
// mark. What is shown without the brackets does not come from the catalogue. Never part of the built page.
import type { MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import type { Catalogue, Message } from "./catalogue";
import english from "./languages/en.json";

const letters: Readonly<Record<string, string>> = Object.fromEntries(
  [..."aàbƀcçdđeéfƒgĝhĥiîjĵkķlļmɱnñoöpþqǫrŕsštţuûvṽwŵxẋyýzžAÅBƁCÇDĐEÉFƑGĜHĤIÎJĴKĶLĻMṀNÑOÖPÞRŔSŠTŢUÛVṼWŴYÝZŽ"]
    .join("")
    .match(/../gu)!
    .map((pair) => [...pair] as [string, string]),
);
export const open = "⟦";
export const close = "⟧";
const rightToLeft = "\u200f";

type Tree = { readonly [name: string]: Message | Tree };

/** The pseudo-locale. */
export function pseudo(): Catalogue {
  return { ...(whole(english as unknown as Tree) as unknown as Catalogue), direction: "ltr" };
}

function whole(tree: Tree): Tree {
  const all: Record<string, Message | Tree> = {};
  for (const [name, value] of Object.entries(tree)) {
    all[name] = typeof value === "string" || Array.isArray(value) ? around(value as Message) : whole(value as Tree);
  }
  return all;
}

function around(message: Message): Message {
  const parts =
    typeof message === "string"
      ? message
          .split(/(\{\w+\})/)
          .filter(Boolean)
          .map(part)
      : message;
  const length = parts.reduce((sum, part) => sum + (part.type === 0 ? part.value.length : 8), 0);
  const more = "~".repeat(Math.ceil(length * 0.35));
  return [literal(`${open}${rightToLeft}`), ...parts.map(accented), literal(` ${more}${close}`)];
}

const part = (text: string): MessageFormatElement =>
  text.startsWith("{") ? ({ type: 1, value: text.slice(1, -1) } as MessageFormatElement) : literal(text);

const literal = (value: string): MessageFormatElement => ({ type: 0, value }) as MessageFormatElement;

function accented(part: MessageFormatElement): MessageFormatElement {
  if (part.type === 0) return { ...part, value: [...part.value].map((it) => letters[it] ?? it).join("") };
  if ("options" in part) {
    const options = Object.entries(part.options).map(([key, option]) => [
      key,
      { ...option, value: option.value.map(accented) },
    ]);
    return { ...part, options: Object.fromEntries(options) } as MessageFormatElement;
  }
  return part;
}
