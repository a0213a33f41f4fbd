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
    env: { ...process.env, NODE_ENV: "production" },
  });
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    if (/\.(html|js|css)$/.test(name)) files.set(name, readFileSync(join(directory, name), "utf8"));
  }
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true }));

it("has no inline script or style", () => {
  const html = files.get("index.html") ?? "";
  expect(html).toMatch(/<script type="module"[^>]* src="\/assets\/[^"]+\.js"><\/script>/);
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

it("is small", () => {
  const bytes = [...files.values()].reduce((sum, text) => sum + gzipSync(text).length, 0);
  expect(bytes).toBeLessThan(60 * 1024);
});
