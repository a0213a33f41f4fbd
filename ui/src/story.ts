// What the sign-in screen tells: the attempt that has just ended, else why nobody is signed in. A heading, a sentence, and a small
// sign; the technical part, where there is one, is the attempt's problem.
import type { Problem } from "./bindings/Problem";
import type { View } from "./bindings/View";
import type { Page } from "./page.svelte";
import { problemSign, whySign, type Sign } from "./signs";
import { parse, when } from "./time";

export interface Story {
  readonly title: string;
  readonly sentence: string;
  readonly sign: Sign | null;
  /** With a technical part worth a button. */
  readonly problem: Problem | null;
}

type Out = Extract<View, { kind: "signed-out" }>;

export function story(view: Out, page: Page): Story {
  const attempt = view.last_attempt;
  if (!attempt) return { ...reason(view, page), sign: leaving(view) ?? whySign(view.why), problem: null };
  const { title, sentence } = page.told(attempt);
  // What a person decided has no technical part, unless the provider said something to it.
  const explained = attempt.fault !== "person" || Boolean(attempt.detail);
  return { title, sentence, sign: problemSign(attempt), problem: explained ? attempt : null };
}

/** Why nobody is signed in. */
export function reason(view: Out, page: Page): { title: string; sentence: string } {
  const { whys, lostAnswer } = page.words;
  const why = whys[view.why] ?? whys.never;
  const lost = view.why === "ended-by-provider" && view.lost_answer ? parse(view.lost_answer) : null;
  const sentence =
    lost === null ? page.say(why.sentence) : page.say(lostAnswer, { time: when(lost, page.now, page.language) });
  return { title: page.say(why.title), sentence };
}

/** A sign-out that left something behind on this computer is not all well. */
function leaving({ why, receipt }: Out): Sign | null {
  if (why !== "by-user" || !receipt) return null;
  if (receipt.device === "failed") return { shape: "alert", tone: "worry" };
  return receipt.device === "pending" ? { shape: "clock", tone: "calm" } : null;
}
