// The first frame, as it ships: drawn from the document, it is the screen that the page puts in its place a moment later.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { render, waitFor } from "@testing-library/svelte";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import App from "../src/App.svelte";
import type { AppInfo } from "../src/bindings/AppInfo";
import type { View } from "../src/bindings/View";
import { samples } from "../src/bridge/samples";
import { choose } from "../src/messages";
import { Page } from "../src/page.svelte";
import { keepHabits, systemHours } from "../src/time";
import { FakeBridge, info } from "./fake";

const directory = mkdtempSync(join(tmpdir(), "latchkey-still-"));
const all = samples(Date.now());
let load = vi.fn<() => Promise<void>>();
let refuse = false;
let program = "";

beforeAll(() => {
  execFileSync(process.execPath, ["node_modules/vite/bin/vite.js", "build", "--outDir", directory, "--emptyOutDir"], {
    env: { ...process.env, NODE_ENV: "production", VITEST: "" },
  });
  const [name] = readdirSync(join(directory, "assets")).filter((it) => it.startsWith("still-"));
  program = readFileSync(join(directory, "assets", name!), "utf8")
    .replace(/\bimport\(/g, "load(")
    .replace(/export *\{ *\};?\s*$/, "");
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(() => {
  localStorage.clear();
  refuse = false;
});
afterEach(() => {
  document.head.replaceChildren();
  document.body.replaceChildren();
  document.documentElement.lang = "en";
});

/** Runs it as the document does; what it loads is only noted. */
function start(): void {
  load = vi.fn(() => (refuse ? Promise.reject(new Error("gone")) : Promise.resolve()));
  new Function("load", program)(load);
}

/** The document as the shell completes it. */
function put(first: { view: View; info: AppInfo } | null): void {
  const app = document.createElement("div");
  app.id = "app";
  const page = document.createElement("script");
  page.type = "text/plain";
  page.dataset["page"] = "/assets/page.js";
  document.head.append(page);
  document.body.replaceChildren(app);
  if (!first) return;
  const data = document.createElement("script");
  data.type = "application/json";
  data.id = "first";
  data.textContent = JSON.stringify(first);
  document.body.append(data);
}

/** The first frame, if the program draws one. */
function still(view: View, known: AppInfo = info): Element | null {
  put({ view, info: known });
  start();
  return document.getElementById("still");
}

/** The page's own screen. */
async function screen(view: View, known: AppInfo = info): Promise<Element> {
  const bridge = new FakeBridge(view);
  bridge.info = { ...known };
  // What a large window shows beside it has not come yet.
  bridge.claims = () => new Promise(() => {});
  bridge.picture = view.kind === "signed-in" && view.profile.picture ? "/picture" : null;
  const hours = systemHours(navigator.language);
  const page = new Page(bridge, (setting) => choose(setting, navigator.languages, hours));
  const { container } = render(App, { page });
  await waitFor(() => expect(container.querySelector("main")).not.toBeNull());
  return container.querySelector("main")!;
}

/** What is there, line by line: elements with their attributes, and texts. A picture comes with the page, as does what it remembers of focus. */
function outline(element: Element, depth = 0): string[] {
  const attributes = [...element.attributes]
    .filter(({ name }) => name !== "data-quiet")
    .map(({ name, value }) => `${name}=${value}`)
    .sort();
  const children = [...element.childNodes].flatMap((node) => {
    if (node instanceof Element) return node.tagName === "IMG" ? [] : outline(node, depth + 1);
    const text = node.nodeType === Node.TEXT_NODE ? (node.textContent ?? "").replace(/\s+/g, " ").trim() : "";
    return text ? [`${" ".repeat(depth + 1)}"${text}"`] : [];
  });
  return [`${" ".repeat(depth)}${[element.tagName, ...attributes].join(" ")}`, ...children];
}

async function same(view: View, known: AppInfo = info): Promise<void> {
  const drawn = still(view, known)?.firstElementChild;
  expect(drawn?.tagName).toBe("MAIN");
  const language = document.documentElement.lang;
  const real = await screen(view, known);
  expect(outline(drawn!)).toEqual(outline(real));
  expect(document.documentElement.lang).toBe(language);
}

const signedIn = Object.entries(all).filter(([, view]) => view.kind === "signed-in");
const calm = (view: View) =>
  view.kind === "signed-in" && view.freshness.kind !== "stale" && view.kept.kind === "stored" && !view.stray;

describe.each(signedIn.filter(([, view]) => calm(view)))("%s", (_, view) => {
  it("is drawn as the page draws it", () => same(view));
  it("is drawn as the page draws it, with an editor and without a provider's name", () => {
    const { provider, ...rest } = info;
    expect(provider).toBe("Acme");
    return same(view, { ...rest, editor: true, store: "a store nobody knows" });
  });
  it("is drawn in another language", async () => {
    await same(view, { ...info, language: "de" });
    expect(document.documentElement.lang).toBe("de");
  });
  it("is drawn with habits as without them", async () => {
    const language = choose(null, navigator.languages, systemHours(navigator.language));
    const plain = outline(still(view)!);
    keepHabits(language, navigator.language);
    expect(localStorage.length).toBe(1);
    const format = vi.spyOn(Intl, "DateTimeFormat");
    expect(outline(still(view)!)).toEqual(plain);
    expect(format).not.toHaveBeenCalled();
  });
  it("is drawn in a large window", async () => {
    vi.spyOn(window, "matchMedia").mockImplementation(
      (media) =>
        ({
          media,
          matches: true,
          addEventListener: () => {},
          removeEventListener: () => {},
        }) as unknown as MediaQueryList,
    );
    await same(view);
    expect(document.querySelector("main.roomy section")).not.toBeNull();
  });
});

it("has calm samples and others", () => {
  expect(signedIn.filter(([, view]) => calm(view)).length).toBeGreaterThan(3);
  expect(signedIn.filter(([, view]) => !calm(view)).length).toBeGreaterThan(3);
});

describe.each(Object.entries(all).filter(([, view]) => !calm(view)))("%s", (_, view) => {
  it("is drawn as the page draws it, or by the page alone", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const drawn = still(view);
    if (drawn) await same(view);
    else expect(load).toHaveBeenCalledExactlyOnceWith("/assets/page.js");
  });
});

it("loads the page behind the first frame", async () => {
  const frames: FrameRequestCallback[] = [];
  vi.spyOn(window, "requestAnimationFrame").mockImplementation((frame) => frames.push(frame));
  const fixed = vi.spyOn(globalThis, "setTimeout").mockReturnValue(0 as unknown as NodeJS.Timeout);
  expect(still(all["signed-in"]!)).not.toBeNull();
  expect(frames).toHaveLength(1);
  fixed.mockRestore();
  expect(load).not.toHaveBeenCalled();
  frames[0]!(0);
  await vi.waitFor(() => expect(load).toHaveBeenCalledExactlyOnceWith("/assets/page.js"));
});

it("does not wait for a frame that never comes", async () => {
  vi.spyOn(window, "requestAnimationFrame").mockReturnValue(0);
  expect(still(all["signed-in"]!)).not.toBeNull();
  await vi.waitFor(() => expect(load).toHaveBeenCalledExactlyOnceWith("/assets/page.js"));
});

it("loads the page at once where the shell has put no view", async () => {
  put(null);
  start();
  expect(document.getElementById("still")).toBeNull();
  await vi.waitFor(() => expect(load).toHaveBeenCalledExactlyOnceWith("/assets/page.js"));
});

it("goes when the page shows its first view", async () => {
  const drawn = still(all["signed-in"]!);
  expect(drawn?.isConnected).toBe(true);
  await screen(all["signed-in"]!);
  expect(drawn?.isConnected).toBe(false);
});

it("keeps its language until the page knows one", () => {
  expect(still(all["signed-in"]!, { ...info, language: "de" })).not.toBeNull();
  const bridge = new FakeBridge(all["signed-in"]!);
  bridge.appInfo = () => new Promise(() => {});
  render(App, { page: new Page(bridge, (setting) => choose(setting, ["en"])) });
  expect(document.documentElement.lang).toBe("de");
});

it("is taken away when the page cannot be loaded", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  refuse = true;
  expect(still(all["signed-in"]!)).not.toBeNull();
  await vi.waitFor(() => expect(document.getElementById("still")).toBeNull());
});

it.each([false, true])("is taken away when the page does not come (a hidden window: %s)", (hidden) => {
  vi.useFakeTimers();
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  expect(still(all["signed-in"]!)).not.toBeNull();
  vi.advanceTimersByTime(9_000);
  expect(document.getElementById("still")).not.toBeNull();
  vi.advanceTimersByTime(2_000);
  expect(document.getElementById("still")).toBeNull();
  vi.useRealTimers();
});

it("can neither be pressed nor take the focus", () => {
  expect(still(all["signed-in"]!)).toHaveProperty("inert", true);
});

it("leaves nothing of what the shell has put into the document", () => {
  still(all["signed-in"]!);
  expect(document.getElementById("first")).toBeNull();
});

it("has no handler in an attribute, which the window's policy refuses, and asks for nothing", async () => {
  const drawn = still(all["signed-in"]!);
  expect(drawn?.innerHTML).not.toMatch(/ on\w+=|<img|<script|style=/);
});
