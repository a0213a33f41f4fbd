// The languages are complete: every reason and every code of the generated bindings has its words in each of them, no text is
// missing, none has a placeholder that nobody fills, and all of them are plain.
import { parse, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { describe, expect, it, vi } from "vitest";
import { compile, type Tree } from "../build/messages";
import codeSource from "../src/bindings/Code.ts?raw";
import whySource from "../src/bindings/Why.ts?raw";
import { choose, complete, Language, languages } from "../src/messages";
import type { Catalogue } from "../src/messages/catalogue";
import { problems } from "../src/problems";
import { FakeBridge, pageOf } from "./fake";

/** The values of a union of string literals, as ts-rs writes it. */
function literals(source: string): string[] {
  const type = source.slice(source.indexOf("export type"));
  return [...type.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
}

const sources = import.meta.glob<string>("../src/messages/languages/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});
const raw = Object.fromEntries(
  Object.entries(sources).map(([path, text]) => [
    path.replace(/^.*\/|\.json.*$/g, ""),
    JSON.parse(text) as Tree<string>,
  ]),
);

/** Every text by its path. */
function texts(tree: Tree<string>, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === "string" ? [[`${path}${name}`, value] as [string, string]] : texts(value, `${path}${name}.`),
  );
}

/** The placeholders of a text, and those of its choices. */
function placeholders(parts: readonly MessageFormatElement[]): string[] {
  return parts.flatMap((part) => {
    if (part.type === 0 || part.type === 7 || part.type === 8) return [];
    const inner = "options" in part ? Object.values(part.options).flatMap((option) => placeholders(option.value)) : [];
    return [part.value, ...inner];
  });
}

/** Known to every text. */
const given = new Set(["product", "provider", "providerNamed", "store"]);
const own = (text: string) =>
  [...new Set(placeholders(parse(text, { ignoreTag: true })))].filter((name) => !given.has(name)).sort();

const codes = literals(codeSource);
const whys = literals(whySource);
const english = texts(raw["en"]!);

it("reads the bindings and the languages", () => {
  expect(codes.length).toBeGreaterThan(50);
  expect(whys).toContain("never");
  expect(Object.keys(raw).sort()).toEqual(["de", "en"]);
  expect(languages().sort()).toEqual(["de", "en"]);
  expect(Object.keys(problems).sort()).toEqual([...codes].sort());
});

describe.each(Object.keys(raw))("%s", (tag) => {
  const page = pageOf(new FakeBridge(), new Language(tag));
  const all = texts(raw[tag]!);

  it("has every text of English, and no other", () => {
    expect(all.map(([path]) => path).sort()).toEqual(english.map(([path]) => path).sort());
  });

  it("has texts that can be parsed", () => {
    const broken: string[] = [];
    compile(raw[tag]!, (path, why) => broken.push(`${path}: ${why}`));
    expect(broken).toEqual([]);
  });

  it("has the placeholders of English", () => {
    const wanted = new Map(english.map(([path, text]) => [path, own(text)]));
    for (const [path, text] of all) expect([path, own(text)]).toEqual([path, wanted.get(path)]);
  });

  it.each(codes)("%s: a heading, a sentence and an action", (code) => {
    const told = page.told({ code: code as never });
    expect(told.title).toMatch(/^.{8,60}[^.!]$/u);
    expect(told.sentence).toMatch(/^.{10,150}\.$/u);
    expect(told.action).toBeTruthy();
  });

  it.each(whys)("%s: a heading and a sentence", (why) => {
    const reason = page.words.whys[why as keyof Catalogue["whys"]];
    expect(page.say(reason.title)).toMatch(/^\p{Lu}.+[^.]$/u);
    expect(page.say(reason.sentence)).toMatch(/^\p{Lu}.+\.$/u);
  });

  it("speaks plainly", () => {
    const jargon =
      /\b(tokens?|oauth|openid|oidc|grant|nonce|claims?|jwt|userinfo|callback|keyring service|https?|invalid_\w+)\b/iu;
    expect(all.filter(([, text]) => jargon.test(text.replace(/\{\w+/g, "")))).toEqual([]);
  });

  it("has no straight quotes, double spaces or forgotten ends", () => {
    expect(all.filter(([, text]) => /['"]| {2}|^\s|\s$|\.\.\./u.test(text))).toEqual([]);
  });
});

describe("choosing a language", () => {
  const warn = () => vi.spyOn(console, "warn").mockImplementation(() => {});

  it("takes the first of the system's that is there, with its region", () => {
    expect(choose(null, ["fr-FR", "de-AT", "en-US"])).toMatchObject({ tag: "de", locale: "de-AT", direction: "ltr" });
    expect(choose("", ["en-GB"])).toMatchObject({ tag: "en", locale: "en-GB" });
  });

  it("takes the one set before those", () => {
    expect(choose("de", ["en-US"])).toMatchObject({ tag: "de", locale: "de" });
    expect(choose("DE_ch", ["en-US"]).tag).toBe("de");
    expect(choose("de", ["en-US", "de-CH"]).locale).toBe("de-CH");
  });

  it.each(["xx", "constructor", "../../etc", "de\u0000"])("says that %o is not there, and goes on", (setting) => {
    const said = warn();
    expect(choose(setting, ["de-DE"]).tag).toBe("de");
    expect(said).toHaveBeenCalledWith(expect.stringContaining("there is no language"));
  });

  it("falls back to English", () => {
    expect(choose(null, ["xx-YY"]).tag).toBe("en");
    expect(choose(null, []).tag).toBe("en");
    expect(choose(null, ["constructor", ""]).tag).toBe("en");
  });
});

describe("a broken language", () => {
  it("is completed from English, and named", () => {
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    const en = new Language("en").words;
    const own = { ...en, restoring: undefined, buttons: "no tree", stale: { next: "Bald" } } as unknown as Catalogue;
    const whole = complete(own, en, "xx");
    expect(whole.restoring).toBe(en.restoring);
    expect(whole.buttons).toEqual(en.buttons);
    expect(whole.stale).toEqual({ ...en.stale, next: "Bald" });
    expect(said).toHaveBeenCalledWith(expect.stringMatching(/"xx" lacks .*restoring.*English/u));
  });

  it("loses the text that cannot be parsed while it is built, and no other", () => {
    const broken: string[] = [];
    const compiled = compile({ a: "{x", b: { c: "fine", d: 3 } } as never, (path) => broken.push(path));
    expect(compiled).toEqual({ b: { c: "fine" } });
    expect(broken).toEqual(["a", "b.d"]);
  });

  it("shows a text that cannot be filled with a hole in it", () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const language = new Language("en");
    expect(language.say(language.words.waiting.left)).toBe("… left");
    expect(said).toHaveBeenCalledOnce();
  });
});

describe("filling a text", () => {
  it("takes values as they are, also with braces, markup and dollars", () => {
    const page = pageOf(new FakeBridge());
    const name = "{y} <b>$& $1</b> '{z}'";
    expect(page.say(page.words.said.signedIn, { name })).toBe(`Signed in as ${name}.`);
  });

  it("starts a sentence with a capital when the provider has no name", () => {
    const page = pageOf(new FakeBridge());
    expect(page.say(page.words.problems["provider-busy"].title)).toBe("Your provider is busy");
    expect(page.say(page.words.waiting.sentences.finishing)).toBe("Checking the answer from your provider.");
  });

  it("bends German around a provider without a name", () => {
    const page = pageOf(new FakeBridge(), new Language("de"));
    expect(page.say(page.words.waiting.sentences.finishing)).toBe("Die Antwort Ihres Anbieters wird geprüft.");
    page.info = { ...page.info, provider: "Acme" };
    expect(page.say(page.words.waiting.sentences.finishing)).toBe("Die Antwort von Acme wird geprüft.");
  });

  it("calls the credential store as the language does", () => {
    const page = pageOf(new FakeBridge(), new Language("de"));
    page.info = { ...page.info, store: "macOS Keychain" };
    expect(page.store).toBe("macOS-Schlüsselbund");
    page.info = { ...page.info, store: "Some other keeper" };
    expect(page.store).toBe("Some other keeper");
    page.info = { ...page.info, store: "" };
    expect(page.store).toBe("der Passwortspeicher");
  });

  it("counts as the language does", () => {
    const [en, de] = [new Language("en"), new Language("de")];
    expect([0, 1, 1200].map((count) => en.say(en.words.claims.found, { count }))).toEqual([
      "Nothing found",
      "1 found",
      "1,200 found",
    ]);
    expect(de.say(de.words.claims.found, { count: 1200 })).toBe("1.200 gefunden");
  });
});
