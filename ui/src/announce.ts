// What a screen reader hears when the state changes: one short text, said once. Headings take the focus and are read by that, so
// states whose heading says it all need nothing here.
import { label } from "./claims";
import { displayName, line } from "./clean";
import type { Page } from "./page.svelte";
import { troubles } from "./receipt";
import { story } from "./story";
import { strayWords } from "./stray";
import { parse, spoken } from "./time";

export function announcement(page: Page): string {
  const { view, words, commands } = page;
  const { said } = words;
  if (commands.failure) {
    const { title, sentence } = page.told(commands.failure);
    return page.say(said.problem, { title, sentence });
  }
  switch (commands.copied) {
    case "copy-link":
      return page.say(said.linkCopied);
    case "copy-code":
      return page.say(said.codeCopied);
    case "copy-details":
      return page.say(said.detailsCopied);
    case "copy-timeline":
      return page.say(said.timelineCopied);
    case "copy-claims":
      return page.say(said.claimsCopied);
    case "copy-claim":
      return page.say(said.claimCopied, { name: label(commands.subject, page) });
    case "copy-about":
      return page.say(said.aboutCopied);
    case "copy-doctor":
      return page.say(said.doctorCopied);
    default:
  }
  const stray = strayWords(page);
  if (stray) return page.say(said.problem, stray);
  switch (view.kind) {
    case "signed-out": {
      const { title, sentence } = story(view, page);
      if (view.why === "never" && !view.last_attempt) return "";
      const rows = view.last_attempt ? [] : troubles(view, page);
      return rows.length > 0 ? [`${title}.`, ...rows].join(" ") : page.say(said.problem, { title, sentence });
    }
    case "signing-in": {
      if (view.choice) {
        const [expected, came] = [line(view.choice.expected.name), line(view.choice.came.name)];
        return page.say(said.choice, { title: page.say(words.waiting.titles.choosing), expected, came });
      }
      const deadline = parse(view.deadline);
      if (view.phase !== "waiting" || deadline === null) return page.say(words.waiting.titles[view.phase]);
      const left = page.say(words.waiting.leftSpoken, { time: spoken(deadline - page.now, page.language) });
      // Letter by letter, as it is typed.
      const code = view.device && Array.from(line(view.device.user_code, 40)).join(" ");
      return code ? `${page.say(said.code, { code })} ${left}` : left;
    }
    case "signed-in":
      if (view.freshness.kind === "stale") {
        return page.say(said.stale, { title: page.told(view.freshness.problem).title });
      }
      return page.say(said.signedIn, { name: displayName(view.profile, page.say(words.signedIn.unnamed)) });
    case "blocked": {
      const { title, sentence } = page.told(view.problem);
      return page.say(said.problem, { title, sentence });
    }
    case "unconfigured": {
      if (!view.last_attempt) return page.say(words.unconfigured.title);
      const { title, sentence } = page.setup.told(view.last_attempt, page);
      return page.say(said.problem, { title, sentence });
    }
    case "restoring":
      return "";
  }
}
