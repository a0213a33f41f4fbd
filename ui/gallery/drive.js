// Looks at every state of the window in a real browser: accessibility, what fits, the keyboard; and takes its pictures.
// node gallery/drive.js --chromium PATH [--out FOLDER] [--fonts FILE] [--only PART-OF-A-NAME]. Without --out no pictures are taken.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createServer } from "vite";
import { Browser } from "./browser.js";
import { accessibility, fit, keyboard } from "./checks.js";
import { small } from "./picture.js";

const { values: asked } = parseArgs({
  options: {
    chromium: { type: "string", default: "chromium" },
    out: { type: "string" },
    fonts: { type: "string" },
    only: { type: "string", default: "" },
  },
});

const themes = [
  { name: "light", scheme: "light" },
  { name: "dark", scheme: "dark" },
  { name: "light, high contrast", scheme: "light", contrast: "more" },
  { name: "dark, high contrast", scheme: "dark", contrast: "more" },
  { name: "light, forced colours", scheme: "light", forced: "active" },
  { name: "dark, forced colours", scheme: "dark", forced: "active" },
];
const usual = [420, 560];
const smallest = [360, 480];
const large = [1200, 780];
const sizes = [smallest, [900, 700], [1600, 1000]];
/** The moment of every picture, so that two runs give the same ones. */
const moment = "2026-11-20T14:32:00Z";

/** Waits until what has changed is painted. */
const frames = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";

const findings = [];
let screens = 0;
let pictures = 0;
let current = "";
const report = (found) => findings.push(...found.map((it) => `${current}: ${it}`));

async function theme(browser, { scheme, contrast = "no-preference", forced = "none" }) {
  const features = [
    { name: "prefers-color-scheme", value: scheme },
    { name: "prefers-contrast", value: contrast },
    { name: "forced-colors", value: forced },
    { name: "prefers-reduced-motion", value: "reduce" },
  ];
  await browser.call("Emulation.setEmulatedMedia", { features });
}

async function size(browser, [width, height]) {
  await browser.call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  await browser.evaluate(frames);
}

/** Opens a shot and waits until it is as it will stay. */
async function open(browser, shot, { language = "en", press = shot.press } = {}) {
  await browser.call("Page.navigate", { url: `${address}/?${shot.query}&lang=${language}` });
  // Until the first view is there, the window is as it is while the store is asked.
  const there = shot.query.startsWith("state=restoring") ? "main" : "main:not([aria-busy])";
  await browser.until(`document.readyState === "complete" && document.querySelector("${there}") !== null`, shot.name);
  await browser.until("document.fonts.status === 'loaded'", "the fonts");
  for (const name of press) {
    const [label, text] = name.split(/=(.*)/s);
    if (text !== undefined) {
      await browser.until(
        `(() => {
        const label = [...document.querySelectorAll("label")].find((it) => it.textContent === ${JSON.stringify(label)});
        if (!label?.control) return false;
        label.control.value = ${JSON.stringify(text)};
        return label.control.dispatchEvent(new InputEvent("input", { bubbles: true }));
      })()`,
        `the field “${label}”`,
      );
      await browser.evaluate(frames);
      continue;
    }
    const button = `[...document.querySelectorAll("button")].find(
      (it) => (it.getAttribute("aria-label") ?? it.textContent.trim()) === ${JSON.stringify(name)})`;
    await browser.until(`(${button}?.click(), ${button} !== undefined)`, `the button “${name}”`);
  }
  await browser.until(
    "[...document.images].every((it) => it.complete) && document.querySelector('[aria-busy=true]:not(main)') === null",
    "the page to come to rest",
  );
  await browser.until(
    "document.getAnimations().every((it) => it.effect.getTiming().iterations === Infinity || it.playState === 'finished')",
    "the movements to end",
  );
  await browser.evaluate(frames);
}

async function photograph(browser, name) {
  // What turns stands still in a picture.
  await browser.evaluate("document.getAnimations().forEach((it) => { it.pause(); it.currentTime = 0; })");
  const { data } = await browser.call("Page.captureScreenshot", { format: "png", optimizeForSpeed: false });
  writeFileSync(join(asked.out, `${name}.png`), small(Buffer.from(data, "base64")));
  pictures++;
}

/** One shot in every theme, then in every size, then by keyboard. */
async function look(browser, shot) {
  await size(browser, usual);
  await theme(browser, themes[0]);
  current = `${shot.name}, light`;
  await open(browser, shot);
  report(await fit(browser, shot.long));
  for (const it of themes) {
    current = `${shot.name}, ${it.name}`;
    await theme(browser, it);
    report(await accessibility(browser, it.contrast === "more"));
    if (asked.out && it.contrast === undefined && it.forced === undefined) {
      await photograph(browser, `${shot.name}-${it.scheme}`);
    }
    screens++;
  }
  if (asked.out && shot.name === "signed-in") {
    await size(browser, large);
    for (const it of themes.slice(0, 2)) {
      await theme(browser, it);
      await photograph(browser, `signed-in-large-${it.scheme}`);
    }
  }
  await size(browser, usual);
  await theme(browser, themes[0]);
  current = `${shot.name}, by keyboard`;
  report(await keyboard(browser));
  for (const it of sizes) {
    current = `${shot.name}, ${it.join(" × ")}`;
    await size(browser, it);
    report(await fit(browser, shot.long));
    if (it !== smallest) report(await accessibility(browser, false));
    screens++;
  }
}

/** Other languages have longer words: in the smallest window. The pseudo-locale is longer than any, and from right to left. */
async function speak(browser, shot) {
  await size(browser, smallest);
  for (const language of ["de", "en-XB"]) {
    current = `${shot.name}, ${language}`;
    await open(browser, shot, { language, press: [] });
    report(await fit(browser, shot.long || language === "en-XB"));
    if (language === "de") report(await accessibility(browser, false));
    screens++;
  }
}

/** A launch moves nothing: what was painted while the store was asked stays where it was. */
async function launch(browser) {
  for (const it of [usual, [1280, 800]]) {
    current = `restoring, then signed in, ${it.join(" × ")}`;
    await size(browser, it);
    await open(browser, { name: "restoring", query: "state=restoring&then=signed-in", press: [] });
    await browser.until("document.body.dataset.state === 'signed-in'", "the profile");
    await browser.evaluate("new Promise((done) => setTimeout(() => done(true), 500))");
    const moved = await browser.evaluate(`new Promise((done) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const it of list.getEntries()) sum += it.value; })
        .observe({ type: "layout-shift", buffered: true });
      setTimeout(() => done(sum), 50);
    })`);
    if (moved > 0) report([`the layout shifts by ${moved}`]);
  }
}

async function prepare(browser) {
  const source = `{
    const still = Date.parse(${JSON.stringify(moment)});
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...parts) { super(...(parts.length ? parts : [still])); }
      static now() { return still; }
    };
  }`;
  await browser.call("Page.addScriptToEvaluateOnNewDocument", { source });
  await browser.call("Emulation.setLocaleOverride", { locale: "en-GB" });
  const userAgent = await browser.evaluate("navigator.userAgent");
  await browser.call("Emulation.setUserAgentOverride", { userAgent, acceptLanguage: "en-GB" });
  await browser.call("Emulation.setFocusEmulationEnabled", { enabled: true });
}

const server = await createServer({ server: { port: 0, strictPort: false, hmr: false }, logLevel: "error" });
await server.listen();
const address = `http://127.0.0.1:${server.httpServer.address().port}`;
const { shots } = await server.ssrLoadModule("/gallery/shots.ts");
const wanted = shots().filter((shot) => shot.name.includes(asked.only));

if (asked.out) {
  mkdirSync(asked.out, { recursive: true });
  for (const name of asked.only ? [] : readdirSync(asked.out)) if (name.endsWith(".png")) rmSync(join(asked.out, name));
}

const browser = await Browser.launch(asked.chromium, { fonts: asked.fonts });
try {
  await prepare(browser);
  for (const shot of wanted) {
    await look(browser, shot);
    await speak(browser, shot);
  }
  if (!asked.only) await launch(browser);
  report(browser.said.map((it) => `the console says: ${it}`));
} finally {
  await browser.close();
}

// The person's text twice as large: nothing may be cut off or stand beside the window; it may scroll.
const magnified = await Browser.launch(asked.chromium, { fontSize: 32, fonts: asked.fonts });
try {
  await prepare(magnified);
  for (const shot of wanted) {
    current = `${shot.name}, text at 200 %`;
    await size(magnified, smallest);
    await theme(magnified, themes[0]);
    await open(magnified, shot);
    report(await fit(magnified, true));
    await size(magnified, [900, 700]);
    report(await fit(magnified, true));
    screens += 2;
  }
} finally {
  await magnified.close();
  await server.close();
}

if (asked.out) {
  const bytes = readdirSync(asked.out).reduce((sum, name) => sum + statSync(join(asked.out, name)).size, 0);
  console.log(`${pictures} pictures, ${Math.round(bytes / 1024)} kB together`);
}
for (const finding of findings) console.log(`  ${finding}`);
console.log(`${wanted.length} states, ${screens} screens looked at, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
