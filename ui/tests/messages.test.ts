// The catalogue is complete: every reason and every code of the generated bindings has its words, and no text has a placeholder
// that nobody fills.
import { describe, expect, it } from "vitest";
import codeSource from "../src/bindings/Code.ts?raw";
import whySource from "../src/bindings/Why.ts?raw";
import { catalogueFor, fill } from "../src/messages";
import { en } from "../src/messages/en";
import { FakeBridge, pageOf } from "./fake";

/** The values of a union of string literals, as ts-rs writes it. */
function literals(source: string): string[] {
  const type = source.slice(source.indexOf("export type"));
  return [...type.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(texts);
  return [];
}

describe("the catalogue", () => {
  const codes = literals(codeSource);
  const whys = literals(whySource);

  it("reads the bindings", () => {
    expect(codes.length).toBeGreaterThan(50);
    expect(whys).toContain("never");
  });

  it("has words for exactly the codes of the wire", () => {
    expect(Object.keys(en.codes).sort()).toEqual([...codes].sort());
  });

  it("has words for exactly the reasons of the wire", () => {
    expect(Object.keys(en.whys).sort()).toEqual([...whys].sort());
  });

  it.each(codes)("%s: a heading, a sentence and an action", (code) => {
    const wording = en.codes[code as keyof typeof en.codes];
    expect(wording.title).toMatch(/^.{8,60}[^.!]$/u);
    expect(wording.sentence).toMatch(/^.{10,150}\.$/u);
    expect(wording.action).toBeTruthy();
  });

  it.each(whys)("%s: a sentence and an action", (why) => {
    const reason = en.whys[why as keyof typeof en.whys];
    expect(reason.sentence).toMatch(/\.$/u);
    expect(reason.action).toBe("sign-in");
  });

  it("speaks plainly", () => {
    const jargon = /\b(token|oauth|openid|oidc|grant|nonce|claim|jwt|userinfo|callback|keyring service|http)\b/iu;
    expect(texts(en).filter((text) => jargon.test(text))).toEqual([]);
  });

  it("leaves no placeholder open", () => {
    const page = pageOf(new FakeBridge());
    const values = { time: "t", day: "d", name: "n", what: "w", count: "2" };
    expect(
      texts(en)
        .map((text) => page.say(text, values))
        .filter((text) => /[{}]/u.test(text)),
    ).toEqual([]);
  });
});

describe("choosing a language", () => {
  it("falls back to English", () => {
    expect(catalogueFor(["xx-YY"]).language).toBe("en");
    expect(catalogueFor(["constructor"]).language).toBe("en");
    expect(catalogueFor([]).language).toBe("en");
  });
});

describe("filling a text", () => {
  it("takes values as they are, also with braces and dollars", () => {
    expect(fill("a {x} b", { x: "{y} $& $1" })).toBe("a {y} $& $1 b");
  });

  it("starts a sentence with a capital when the provider has no name", () => {
    const page = pageOf(new FakeBridge());
    expect(page.say("{provider} is busy")).toBe("Your provider is busy");
    expect(page.say("Ask {provider}")).toBe("Ask your provider");
  });
});
