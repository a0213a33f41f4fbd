// The timeline in people's words: days, the newest first, and in each of them one sentence an entry.
import type { Code } from "./bindings/Code";
import type { Entry } from "./bindings/Entry";
import type { Message } from "./messages/catalogue";
import type { Page } from "./page.svelte";
import { treatment } from "./problems";
import { clock, dayName, from, parse, sameDay, span, when } from "./time";

export interface Line {
  /** RFC 3339. */
  readonly at: string;
  readonly time: string;
  readonly text: string;
  /** Something that wasn’t as it should be. */
  readonly worry: boolean;
  /** The provider’s own word for it, where it has one. */
  readonly code: Code | null;
}

export interface Day {
  readonly name: string;
  readonly lines: Line[];
}

/** What to show of a timeline, whose newest entry is the last one. */
export function days(entries: readonly Entry[], page: Page): Day[] {
  const all: Day[] = [];
  for (const entry of [...entries].reverse()) {
    const at = parse(entry.at);
    const name = at === null ? "" : dayName(at, page.now, page.language);
    const line: Line = {
      at: entry.at,
      time: at === null ? "" : clock(at, page.language),
      text: sentence(entry, page),
      worry: isWorry(entry),
      code: entry.kind === "provider-refused" ? entry.code : null,
    };
    const day = all[all.length - 1];
    if (day?.name === name) day.lines.push(line);
    else all.push({ name, lines: [line] });
  }
  return all;
}

/** One entry as one plain sentence. */
export function sentence(entry: Entry, page: Page): string {
  const texts = page.words.timeline;
  switch (entry.kind) {
    case "renewed":
      return entry.times > 1
        ? page.say(texts.renewedOften, { count: entry.times, time: since(entry.first, entry.at, page) })
        : page.say(texts.lines.renewed);
    case "signed-out": {
      const lost = entry.lost_answer ? parse(entry.lost_answer) : null;
      return lost === null
        ? page.say(texts.ends[entry.why] ?? texts.lines["signed-out"])
        : page.say(texts.lostAnswer, { time: when(lost, page.now, page.language) });
    }
    case "attempt-failed": {
      const own = of(texts.attempts, treatment(entry.code).words);
      return own ? page.say(own) : page.say(texts.lines[entry.kind], { what: what(entry, page) });
    }
    case "stale":
    case "provider-refused":
    case "store-trouble":
    case "unsaved":
      return page.say(texts.lines[entry.kind], { what: what(entry, page) });
    case "signed-in":
    case "signed-in-elsewhere":
    case "restored":
    case "recovered":
    case "saved":
    case "switched-account":
      return page.say(texts.lines[entry.kind]);
  }
}

/** What was the matter: in the past tense where the catalogue has it. */
function what(entry: { code: Code; clock_ahead?: number }, page: Page): string {
  const { was, clock } = page.words.timeline;
  const ahead = entry.clock_ahead;
  if (ahead) return page.say(ahead < 0 ? clock.slow : clock.fast, { time: span(Math.abs(ahead), page.language) });
  const past = of(was, treatment(entry.code).words);
  return past ? page.say(past) : page.told(entry).title;
}

/** The beginning of a run that ended at `end`: the clock alone when that was the same day. */
function since(first: string, end: string, page: Page): string {
  const [at, last] = [parse(first), parse(end)];
  if (at === null) return first;
  return last !== null && sameDay(at, last) ? clock(at, page.language) : from(at, page.now, page.language);
}

/** A text that only some problems have. */
function of(texts: Readonly<Record<string, Message>>, words: string): Message | null {
  return Object.hasOwn(texts, words) ? (texts[words] ?? null) : null;
}

function isWorry(entry: Entry): boolean {
  switch (entry.kind) {
    case "stale":
    case "provider-refused":
    case "store-trouble":
    case "unsaved":
      return true;
    case "signed-out":
      return entry.why === "ended-by-provider" || entry.why === "store-lost";
    case "attempt-failed":
      return (
        entry.code !== "cancelled" &&
        entry.code !== "timed-out" &&
        entry.code !== "denied" &&
        entry.code !== "another-account"
      );
    case "signed-in":
    case "signed-in-elsewhere":
    case "restored":
    case "renewed":
    case "recovered":
    case "saved":
    case "switched-account":
      return false;
  }
}
