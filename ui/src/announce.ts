// What a screen reader hears when the state changes: one short text, said once. Headings take the focus and are read by that, so
// states whose heading says it all need nothing here.
import { displayName } from "./clean";
import type { Page } from "./page.svelte";
import { troubles } from "./receipt";
import { reason } from "./reason";
import { strayWords } from "./stray";
import { parse, spoken } from "./time";

export function announcement(page: Page): string {
  const { view, words, commands } = page;
  if (commands.failure) {
    const wording = page.wording(commands.failure);
    return `${page.say(wording.title)}. ${page.say(wording.sentence)}`;
  }
  if (commands.copied === "copy-link") return words.said.linkCopied;
  if (commands.copied === "copy-details") return words.said.detailsCopied;
  if (commands.copied === "copy-timeline") return words.said.timelineCopied;
  const stray = strayWords(page);
  if (stray) return `${stray.title}. ${stray.sentence}`;
  switch (view.kind) {
    case "signed-out": {
      const attempt = view.last_attempt ? page.wording(view.last_attempt) : null;
      if (attempt) return `${page.say(attempt.title)}. ${page.say(attempt.sentence)}`;
      if (view.why === "never") return "";
      return [reason(view, page), ...troubles(view, page)].join(" ");
    }
    case "signing-in": {
      const deadline = parse(view.deadline);
      if (view.phase !== "waiting" || deadline === null) return words.waiting.titles[view.phase];
      return page.say(words.waiting.leftSpoken, { time: spoken(deadline - page.now, words) });
    }
    case "signed-in":
      if (view.freshness.kind === "stale") {
        return `${page.say(page.wording(view.freshness.problem).title)}. ${page.say(words.said.stale)}`;
      }
      return page.say(words.said.signedIn, { name: displayName(view.profile, words.signedIn.unnamed) });
    case "blocked": {
      const wording = page.wording(view.problem);
      return `${page.say(wording.title)}. ${page.say(wording.sentence)}`;
    }
    case "unconfigured":
      return page.say(words.unconfigured.title);
    case "restoring":
      return "";
  }
}
