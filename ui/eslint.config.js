// The page's lint. Besides the recommended rules it holds the wall: only src/bridge may know Tauri.
import svelte from "eslint-plugin-svelte";
import { defineConfig, globalIgnores } from "eslint/config";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const wall = {
  group: ["@tauri-apps/*"],
  message: "Only src/bridge may import Tauri; ask the Bridge of the page's context instead.",
};
const mock = {
  group: ["**/bridge/mock*", "**/bridge/samples*"],
  message: "The mock is for development and tests only; src/bridge/index.ts chooses it.",
};

export default defineConfig(
  globalIgnores(["dist/", "src/bindings/"]),
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  {
    rules: {
      "no-undef": "off", // TypeScript knows better
      "svelte/no-at-html-tags": "error",
      "svelte/no-inline-styles": ["error", { allowTransitions: false }],
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  {
    files: ["src/**"],
    ignores: ["src/bridge/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [wall, mock] }] },
  },
  { files: ["tests/**"], rules: { "no-restricted-imports": ["error", { patterns: [wall] }] } },
);
