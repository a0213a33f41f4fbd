// What is said of a link that belongs to no sign-in that waits: an older tab's, or a stranger's.
import type { Page } from "./page.svelte";

export function strayWords(page: Page): { title: string; sentence: string } | null {
  const { view } = page;
  if (!("stray" in view) || !view.stray) return null;
  const { title, sentence } = page.words.stray[view.kind];
  return { title: page.say(title), sentence: page.say(sentence) };
}
