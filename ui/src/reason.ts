// The one sentence under the app's name on the sign-in screen.
import type { View } from "./bindings/View";
import type { Page } from "./page.svelte";

export function reason(view: Extract<View, { kind: "signed-out" }>, page: Page): string {
  const { whys, signIn } = page.words;
  const sentence = page.say((whys[view.why] ?? whys.never).sentence);
  const left = view.receipt;
  if (view.why !== "by-user" || !left) return sentence;
  if (left.device === "failed") return `${sentence} ${page.say(signIn.receiptKept)}`;
  if (left.tokens === "failed" || left.provider_session === "failed")
    return `${sentence} ${page.say(signIn.receiptFailed)}`;
  if (left.tokens === "pending" || left.provider_session === "pending")
    return `${sentence} ${page.say(signIn.receiptPending)}`;
  return sentence;
}
