// Every text comes from the catalogue: in the pseudo-locale each of its texts stands between brackets, and what has letters outside
// of them is either data or was forgotten.
import { cleanup, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, it } from "vitest";
import App from "../src/App.svelte";
import type { View } from "../src/bindings/View";
import { claimSamples } from "../src/bridge/claims";
import { reports } from "../src/bridge/reports";
import { samples } from "../src/bridge/samples";
import { timelines } from "../src/bridge/timelines";
import { example } from "../src/example";
import { addLanguage, Language } from "../src/messages";
import { close, open, pseudo } from "../src/messages/pseudo";
import type { Panel } from "../src/over.svelte";
import { FakeBridge, info, pageOf } from "./fake";

const all = samples(Date.now());
const happened = timelines(Date.now());
/** Data, in whatever language: what the provider, the configuration and the credential store are called, and technical text. */
const data = [
  info.provider!,
  info.product,
  info.store,
  info.config_path,
  info.version,
  example,
  "GNOME Keyring",
  "en-XA",
  "English",
];

beforeAll(() => addLanguage("en-XA", pseudo()));
afterEach(cleanup);

async function show(view: View, panel?: Panel): Promise<void> {
  const bridge = new FakeBridge(view);
  bridge.happened = happened["every"]!;
  bridge.known = claimSamples["usual"]!;
  bridge.report = reports["worth"]!;
  const page = pageOf(bridge, new Language("en-XA"));
  render(App, { page });
  await waitFor(() => expect(document.body.dataset["state"]).toBe(view.kind));
  if (panel) page.over.open(panel);
  if (panel) await screen.findByRole("region");
}

/** The texts a person sees or hears: text nodes, and the attributes that are read. */
function texts(): string[] {
  const found: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    // Data: names of people and claims, dates alone, technical text, keys, what the health check found.
    if (parent?.closest("script, style, pre, code, kbd, time, bdi, .path, .found, .letters, h1[dir], .initials"))
      continue;
    found.push(walker.currentNode.textContent ?? "");
  }
  for (const element of document.body.querySelectorAll("*")) {
    // The title of a claim is its own name, that of a value the provider's own writing.
    if (element.matches("th[scope=row], bdi")) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) found.push(element.getAttribute(name) ?? "");
  }
  return found;
}

/** What is left of a text without what the catalogue says and without data. */
function foreign(text: string): string {
  const said = new RegExp(`${open}[^${open}${close}]*${close}`, "gu");
  let rest = text;
  for (let before = ""; before !== rest;) {
    before = rest;
    rest = rest.replace(said, "");
  }
  return data.reduce((left, name) => left.replaceAll(name, ""), rest).replace(/[^\p{L}]/gu, "");
}

it.each(Object.keys(all))("%s: every text comes from the catalogue", async (name) => {
  await show(all[name]!);
  expect(texts().filter((text) => foreign(text) !== "")).toEqual([]);
  if (name !== "restoring") expect(texts().join("")).toContain(open);
});

it.each(["timeline", "claims", "about", "doctor"] as const)(
  "%s: every text comes from the catalogue",
  async (panel) => {
    await show(all["signed-in"]!, panel);
    const days = document.querySelectorAll("h2");
    for (const day of days) if (/^\d|^\p{Lu}\p{Ll}+ \d/u.test(day.textContent)) day.remove();
    const names = new Set(claimSamples["usual"]!.map((claim) => claim.name));
    expect(texts().filter((text) => foreign(text) !== "" && !names.has(text))).toEqual([]);
  },
);

it("a text outside the catalogue would be found", async () => {
  await show(all["signed-out"]!);
  document.querySelector("main")?.append("Forgotten");
  document.querySelector("button")?.setAttribute("title", "Forgotten, too");
  expect(texts().filter((text) => foreign(text) !== "")).toEqual(["Forgotten", "Forgotten, too"]);
});

it("the page's language and direction are the language's", async () => {
  addLanguage("en-XB", { ...pseudo(), direction: "rtl" });
  render(App, { page: pageOf(new FakeBridge(all["signed-in"]!), new Language("en-XB")) });
  await waitFor(() => expect(document.documentElement.dir).toBe("rtl"));
  expect(document.documentElement.lang).toBe("en-XB");
  cleanup();
  render(App, { page: pageOf(new FakeBridge(all["signed-in"]!), new Language("de")) });
  await waitFor(() => expect(document.documentElement.lang).toBe("de"));
  expect(document.documentElement.dir).toBe("ltr");
  expect(await screen.findByRole("button", { name: "Abmelden" })).toBeTruthy();
});
