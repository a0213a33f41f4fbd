// A colour that is none is named.
import { afterEach, expect, it, vi } from "vitest";
import { checkAccent } from "../src/theme";

afterEach(() => document.head.replaceChildren());

function accent(css: string): string[] {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  vi.stubGlobal("CSS", { supports: (_: string, value: string) => /^#[0-9a-f]{6}$/.test(value) });
  const said: string[] = [];
  vi.spyOn(console, "warn").mockImplementation((text: string) => void said.push(text));
  checkAccent(document);
  return said;
}

it("says which colour of the accent is none", () => {
  const said = accent(":root { --accent-light: tael; --on-accent-light: #ffffff; --space-1: 1rem }");
  expect(said).toEqual(["latchkey: --accent-light: tael is no colour; the usual accent is shown"]);
});

it("says nothing of one that is", () => {
  expect(accent(":root { --accent-dark: #4cc2b1 } :root { --accent: var(--accent-dark) }")).toEqual([]);
});
