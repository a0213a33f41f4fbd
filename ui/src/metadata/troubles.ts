// What went wrong with the details, in people's words, and what they can do about it.
import type { Trouble } from "../bindings/Trouble";
import type { TroubleCode } from "../bindings/TroubleCode";
import { line } from "../clean";
import type { Page } from "../page.svelte";
import { parse, soon } from "../time";

type Words = keyof Page["words"]["metadata"]["troubles"];

const words: Record<TroubleCode, Words> = {
  "not-signed-in": "again",
  "access-refused": "again",
  forbidden: "forbidden",
  refused: "refused",
  invalid: "refused",
  "too-large": "refused",
  "draft-unwritable": "refused",
  busy: "wait",
  contended: "wait",
  offline: "offline",
  "no-access": "offline",
  "server-trouble": "server",
  unanswered: "unanswered",
  unusable: "server",
  "not-found": "server",
};

/** All codes, for the tests. */
export const codes = Object.keys(words) as TroubleCode[];

export interface Told {
  readonly title: string;
  readonly text: string;
  /** Signing in again helps. */
  readonly again: boolean;
}

/** `unsaved`: there are changes, and they are kept on this computer. */
export function told(trouble: Trouble, page: Page, unsaved: boolean): Told {
  const { troubles, kept, again, scope } = page.words.metadata;
  const key = words[trouble.code];
  const until = waits(trouble, page.now);
  const missing = line(trouble.scope ?? "", 120);
  const texts = [
    key === "forbidden" && missing ? page.say(scope, { scope: missing }) : page.say(troubles[key].sentence),
    until === null ? "" : page.say(again, { time: soon(until, page.now, page.language) }),
    unsaved ? page.say(kept) : "",
    // The server's own words.
    key === "refused" && trouble.detail ? `“${line(trouble.detail, 300)}”` : "",
  ];
  return {
    title: page.say(troubles[key].title),
    text: texts.filter(Boolean).join(" "),
    again: key === "again" || key === "forbidden",
  };
}

/** Until when the shell sends nothing; null: it does. */
export function waits(trouble: Trouble | null, now: number): number | null {
  const at = parse(trouble?.retry_at ?? "");
  return at !== null && at > now ? at : null;
}

/** Whatever a command rejected with, as a trouble. */
export function asTrouble(reason: unknown): Trouble {
  const known = (reason as Trouble | null)?.code;
  return known && Object.hasOwn(words, known) ? (reason as Trouble) : { code: "unusable" };
}
