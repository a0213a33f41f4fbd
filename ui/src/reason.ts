// The one sentence under the app's name on the sign-in screen.
import type { View } from "./bindings/View";
import type { Page } from "./page.svelte";
import { parse, when } from "./time";

export function reason(view: Extract<View, { kind: "signed-out" }>, page: Page): string {
  const { whys, signIn } = page.words;
  const lost = view.why === "ended-by-provider" && view.lost_answer ? parse(view.lost_answer) : null;
  if (lost !== null) return page.say(signIn.lostAnswer, { time: when(lost, page.now, page.words, page.hour12) });
  return page.say((whys[view.why] ?? whys.never).sentence);
}
