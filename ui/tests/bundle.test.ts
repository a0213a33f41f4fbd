// @vitest-environment node
// The page as it ships: nothing the content security policy would refuse, no mock, small.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";

const directory = mkdtempSync(join(tmpdir(), "latchkey-ui-"));
const files = new Map<string, string>();

beforeAll(() => {
  execFileSync(process.execPath, ["node_modules/vite/bin/vite.js", "build", "--outDir", directory, "--emptyOutDir"], {
    env: { ...process.env, NODE_ENV: "production", VITEST: "" },
  });
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    if (/\.(html|js|css)$/.test(name)) files.set(name, readFileSync(join(directory, name), "utf8"));
  }
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true }));

it("has no inline script or style", () => {
  const html = files.get("index.html") ?? "";
  expect(html).toMatch(
    /<script type="module"[^>]* src="\/assets\/still-[^"]+\.js" data-page="\/assets\/first-[^"]+\.js"><\/script>/,
  );
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)| on\w+=/);
});

it("has no data: or foreign address, and no eval", () => {
  for (const [name, text] of files) {
    expect(text, name).not.toMatch(/url\(\s*["']?data:|@import|new Function\(|\beval\(/);
    expect(
      text.match(/https?:\/\/[\w.-]+/g)?.filter((url) => !/w3\.org|svelte\.dev|id\.acme\.example/.test(url)) ?? [],
      name,
    ).toEqual([]);
  }
});

it("leaves the mock out", () => {
  for (const [name, text] of files) expect(text, name).not.toMatch(/Wolfeschlegel|attempt-denied/);
});

it("leaves the parser of texts and the pseudo-locale out", () => {
  for (const [name, text] of files) expect(text, name).not.toMatch(/EXPECT_ARGUMENT_CLOSING_BRACE|⟦/);
});

const kilobytes = (size: number) => `${(size / 1024).toFixed(1)} kB`;
const zipped = (names: readonly string[]) =>
  names.map((name) => [name, gzipSync(files.get(name) ?? "").length] as const).sort(([, a], [, b]) => b - a);
const sum = (sizes: readonly (readonly [string, number])[]) => sizes.reduce((total, [, size]) => total + size, 0);
const listed = (sizes: readonly (readonly [string, number])[]) =>
  sizes.map(([name, size]) => `${name.replace(/^.*\/|-[\w-]{8}(?=\.)/g, "")} ${kilobytes(size)}`).join(", ");

/** What the page's document names, by these attributes. The rest is loaded after the first view has been painted. */
function named(attributes: string): string[] {
  const html = files.get("index.html") ?? "";
  const names = html.matchAll(new RegExp(` (?:${attributes})="/(assets/[^"]+\\.(?:js|css))"`, "g"));
  return ["index.html", ...[...names].map(([, name]) => name!)];
}

/** What the first frame of somebody who is signed in waits for. */
const firstFrame = () => named("src|href");
/** What every other first screen waits for, besides the small program above, and what replaces that first frame. */
const firstLoad = () => named("data-page|href");

/** Each language but English is a file of its own, loaded with the first screen by whoever speaks it. */
const languages = readdirSync("src/messages/languages").map((name) => name.replace(".json", ""));
const isLanguage = (name: string) => languages.some((tag) => name.startsWith(`assets/${tag}-`));

it("is small where it counts: what the first frame waits for", () => {
  const first = zipped(firstFrame());
  process.stdout.write(`The first frame: ${kilobytes(sum(first))} gzip of at most 24 kB (${listed(first)})\n`);
  expect(sum(first)).toBeLessThanOrEqual(24 * 1024);
});

it("has the styles of what is drawn in the first frame", () => {
  const program = files.get([...files.keys()].find((name) => name.startsWith("assets/still-"))!)!;
  const styles = files.get(firstFrame().find((name) => name.endsWith(".css"))!);
  const scopes = new Set([...program.matchAll(/class="(?:[\w-]+ )*(s[0-9a-z]{3})"/g)].map(([, scope]) => scope));
  expect(scopes.size).toBeGreaterThan(5);
  for (const scope of scopes) expect(styles).toContain(`.${scope}`);
});

it("is small where it counts: what the first screen waits for", () => {
  const first = zipped(firstLoad());
  process.stdout.write(`The first load: ${kilobytes(sum(first))} gzip of at most 60 kB (${listed(first)})\n`);
  expect(sum(first)).toBeLessThanOrEqual(60 * 1024);
});

it("has small languages", () => {
  const sizes = zipped([...files.keys()].filter(isLanguage));
  process.stdout.write(`Another language: at most 8 kB (${listed(sizes)})\n`);
  expect(sizes).toHaveLength(languages.length - 1);
  for (const [name, size] of sizes) expect(size, name).toBeLessThanOrEqual(8 * 1024);
});

it("keeps what lies over the screen, and what most people never see, out of the first load, and small as well", () => {
  const first = [...firstLoad(), ...firstFrame()];
  const later = zipped([...files.keys()].filter((name) => !first.includes(name) && !isLanguage(name)));
  process.stdout.write(`Later: ${kilobytes(sum(later))} gzip of at most 25 kB (${listed(later)})\n`);
  for (const screen of ["Timeline", "Metadata", "About", "Doctor", "Unconfigured", "Ladder", "Device", "Choosing"]) {
    expect(later.map(([name]) => name)).toContainEqual(expect.stringMatching(`assets/${screen}-[^/]+\\.js`));
  }
  expect(sum(later)).toBeLessThanOrEqual(25 * 1024);
});
