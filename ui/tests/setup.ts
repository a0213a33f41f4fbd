// What the page's document gives every test, and must not carry from one to the next.
import { configure } from "@testing-library/svelte";
import { afterEach } from "vitest";
import { languages, load } from "../src/messages";

await Promise.all(languages().map(load));

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 5000 });

// A text that cannot be filled says so there.
console.error = (...words: unknown[]) => {
  throw new Error(words.join(" "));
};

if (typeof window !== "undefined") {
  window.matchMedia = (media) =>
    ({ media, matches: false, addEventListener: () => {}, removeEventListener: () => {} }) as unknown as MediaQueryList;
}

if (typeof document !== "undefined") {
  document.documentElement.lang = "en";
  document.title = "Latchkey";
  afterEach(() => {
    for (const name of Object.keys(document.body.dataset)) delete document.body.dataset[name];
  });
}
