// How the page is built and tested. The output obeys the window's content security policy: no inline script or style,
// no data: URLs, no preload polyfill.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";
import { messages } from "./build/messages.ts";
import { productNames, titled } from "./build/product.ts";
import { still } from "./build/still.ts";

const name = "@formatjs/icu-messageformat-parser";
const names = productNames();
const parser = new RegExp(`^${name}$`);

// Only a development server has a mock, whatever NODE_ENV says: a build never does.
const known = (command: string) => ({
  __MOCK__: JSON.stringify(command === "serve"),
  __NAMES__: JSON.stringify(names),
});

export default defineConfig(({ command }) => ({
  plugins: [titled(names), messages(), svelte(), svelteTesting(), still(known(command))],
  define: known(command),
  // The languages are compiled while the page is built (build/messages.ts), so the parser stays out of it; the tests parse.
  resolve: { alias: process.env["VITEST"] ? [] : [{ find: parser, replacement: `${name}/no-parser.js` }] },
  server: { host: "127.0.0.1", port: 5180, strictPort: true },
  build: {
    // What older ones do not know (fields of classes) would make the page larger than it may be.
    target: "safari16",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the first screen needs is one file: each more is a question to the shell, asked while it is busy starting.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } } },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
    testTimeout: 20_000,
  },
}));
