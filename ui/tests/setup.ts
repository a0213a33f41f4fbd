// What the page's document gives every test, and must not carry from one to the next.
import { configure } from "@testing-library/svelte";
import { afterEach } from "vitest";

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 5000 });

if (typeof document !== "undefined") {
  document.documentElement.lang = "en";
  document.title = "Latchkey";
  afterEach(() => {
    for (const name of Object.keys(document.body.dataset)) delete document.body.dataset[name];
  });
}
