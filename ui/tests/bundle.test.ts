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

it("leaves the parser of texts and the pseudo-locale out", () => {
  for (const [name, text] of files) expect(text, name).not.toMatch(/EXPECT_ARGUMENT_CLOSING_BRACE|⟦/);
});

it("is small", () => {
  const size = ([name, text]: [string, string]) => [name, gzipSync(text).length] as const;
  const sizes = [...files].map(size);
  const bytes = sizes.reduce((sum, [, size]) => sum + size, 0);
  const kilobytes = (size: number) => `${(size / 1024).toFixed(1)} kB`;
  const parts = sizes.map(([name, size]) => `${name.replace(/^.*\/|-[\w-]{8}(?=\.)/g, "")} ${kilobytes(size)}`);
  process.stdout.write(`The page: ${kilobytes(bytes)} gzip of at most 60 kB (${parts.join(", ")})\n`);
  expect(bytes).toBeLessThanOrEqual(60 * 1024);
});
