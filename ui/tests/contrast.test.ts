// The colours of tokens.css can be told apart: text as WCAG asks for in level AA, in high contrast AAA; signs and the focus ring 3:1.
// A team that changes the accent hears here when it cannot be read.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Tokens = ReadonlyMap<string, string>;
type Colour = readonly [number, number, number];

const source = readFileSync("src/tokens.css", "utf8")
  .replace(/\/\*.*?\*\//gs, "")
  .replace(/^@supports.*?^\}/gms, "");

/** The declarations of every `:root` under these media queries, later ones winning. */
function tokens(media: readonly string[]): Tokens {
  const all = new Map<string, string>();
  const blocks = /@media ([^{]+?)\s*\{\s*:root\s*\{([^}]*)\}\s*\}|^:root\s*\{([^}]*)\}/gm;
  for (const [, query, inside, plain] of source.matchAll(blocks)) {
    const wanted = query?.split(" and ").every((part) => media.includes(part)) ?? true;
    if (!wanted) continue;
    for (const [, name, value] of (inside ?? plain ?? "").matchAll(/(--[\w-]+):\s*([^;]+);/g)) all.set(name!, value!);
  }
  return all;
}

/** What a value comes to: the functions tokens.css uses, and no more. */
function colour(value: string, of: Tokens): Colour {
  const text = value.trim();
  const variable = /^var\((--[\w-]+)\)$/.exec(text)?.[1];
  if (variable) return colour(of.get(variable) ?? "", of);
  const mix = /^color-mix\(in srgb, (.+?) (\d+)%, (.+)\)$/.exec(text);
  if (mix) {
    const [one, other, share] = [colour(mix[1]!, of), colour(mix[3]!, of), Number(mix[2]) / 100];
    return one.map((channel, index) => channel * share + other[index]! * (1 - share)) as unknown as Colour;
  }
  if (text === "black") return [0, 0, 0];
  if (text === "white") return [255, 255, 255];
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (!hex) throw new Error(`“${text}” is no colour`);
  return [parseInt(hex[1]!, 16), parseInt(hex[2]!, 16), parseInt(hex[3]!, 16)];
}

/** WCAG 2.2, relative luminance. */
function luminance(of: Colour): number {
  const [red, green, blue] = of.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** WCAG 2.2, contrast ratio. */
function contrast(one: Colour, other: Colour): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const texts: readonly [string, string[]][] = [
  ["--text", ["--canvas", "--surface", "--surface-hover", "--surface-press"]],
  ["--text-muted", ["--canvas", "--surface", "--surface-hover", "--surface-press"]],
  ["--on-accent", ["--accent", "--accent-hover", "--accent-press"]],
  ["--accent-text", ["--canvas", "--surface", "--accent-tint"]],
];
const signs: readonly [string, string[]][] = [
  ["--accent", ["--canvas", "--surface"]],
  ["--on-mark", ["--mark"]],
  ["--mark", ["--canvas"]],
  ["--ring", ["--canvas", "--surface"]],
  ["--caution", ["--canvas", "--surface", "--caution-tint"]],
];

const dark = "(prefers-color-scheme: dark)";
const more = "(prefers-contrast: more)";

describe.each([
  ["light", [], 4.5],
  ["dark", [dark], 4.5],
  ["light, high contrast", [more], 7],
  ["dark, high contrast", [dark, more], 7],
] as const)("%s", (_, media, readable) => {
  const all = tokens(media);
  const pairs = (list: typeof texts, least: number) =>
    list.flatMap(([front, backs]) => backs.map((back) => [front, back, least] as const));

  it.each([...pairs(texts, readable), ...pairs(signs, 3)])("%s on %s: at least %d", (front, back, least) => {
    expect(contrast(colour(`var(${front})`, all), colour(`var(${back})`, all))).toBeGreaterThanOrEqual(least);
  });
});

it("knows the two ends, and what is no colour", () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  expect(contrast([118, 118, 118], [255, 255, 255])).toBeCloseTo(4.54, 1);
  expect(() => colour("var(--nothing)", new Map())).toThrow(/no colour/);
  expect(() => colour("tael", new Map())).toThrow("“tael” is no colour");
});

it("a misspelt accent falls back to a colour that is registered", () => {
  for (const name of ["--accent-light", "--on-accent-light", "--accent-dark", "--on-accent-dark"]) {
    expect(source).toMatch(new RegExp(`@property ${name} \\{[^}]*initial-value: #[0-9a-f]{6};`));
  }
});

it("no other style names a colour or a duration", () => {
  const files = import.meta.glob<string>(["../src/**/*.svelte", "../src/base.css"], {
    query: "?raw",
    import: "default",
    eager: true,
  });
  for (const [name, text] of Object.entries(files)) {
    const style = name.endsWith(".css") ? text : (/<style>(.*)<\/style>/s.exec(text)?.[1] ?? "");
    expect(style.match(/#[0-9a-f]{3,8}\b|\brgba?\(|\b[\d.]+m?s\b/gi) ?? [], name).toEqual([]);
  }
});
