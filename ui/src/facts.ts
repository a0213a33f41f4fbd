// The rows of the signed-in screen.
import type { View } from "./bindings/View";
import { line } from "./clean";
import type { Page } from "./page.svelte";
import { moment, parse } from "./time";

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** What it means, where that isn’t plain: something isn’t as it should be. */
  readonly note?: string;
}

/** Provider, since, renews or ends, kept: only what is known. */
export function facts(view: Extract<View, { kind: "signed-in" }>, page: Page): Fact[] {
  const texts = page.words.signedIn;
  const when = (time: string | null | undefined) => {
    const at = time ? parse(time) : null;
    return at === null ? null : moment(at, page.now, page.language);
  };
  const renews = view.freshness.kind === "refreshing" ? page.say(texts.renewing) : when(view.renews_at);
  const kept = {
    stored: page.store,
    "this-run": page.say(texts.keptThisRun),
    // With no other worry on the screen a notice says so.
    unsaved: view.freshness.kind === "stale" ? page.say(texts.keptNotYet) : null,
  };
  // With another worry on the screen there is no room for a notice of its own.
  const note =
    view.kept.kind === "unsaved" && view.freshness.kind === "stale" ? page.say(page.words.unsaved.short) : undefined;
  const rows: [string, string | null, string?][] = [
    [page.say(texts.provider), page.provider ?? host(view.profile.issuer)],
    [page.say(texts.since), when(view.since)],
    // A stale session's next try stands in its notice.
    [page.say(texts.renews), view.freshness.kind === "stale" ? null : renews],
    [page.say(texts.ends), when(view.ends_at)],
    [page.say(texts.kept), kept[view.kept.kind], note],
  ];
  return rows.flatMap(([name, value, text]) => (value ? [{ name, value, ...(text ? { note: text } : {}) }] : []));
}

/** The issuer's host, when the configuration gives the provider no name. */
function host(issuer: string): string {
  try {
    return new URL(issuer).host;
  } catch {
    return line(issuer, 60);
  }
}
