// The rows of the signed-in screen.
import type { View } from "./bindings/View";
import { line } from "./clean";
import type { Page } from "./page.svelte";
import { moment, parse } from "./time";

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** Provider, since, renews or ends, kept: only what is known. */
export function facts(view: Extract<View, { kind: "signed-in" }>, page: Page): Fact[] {
  const texts = page.words.signedIn;
  const when = (time: string | null | undefined) => {
    const at = time ? parse(time) : null;
    return at === null ? null : moment(at, page.now, page.words, page.hour12);
  };
  const renews = view.freshness.kind === "refreshing" ? texts.renewing : when(view.renews_at);
  const rows: [string, string | null][] = [
    [texts.provider, page.provider ?? host(view.profile.issuer)],
    [texts.since, when(view.since)],
    // A stale session's next try stands in its notice.
    [texts.renews, view.freshness.kind === "stale" ? null : renews],
    [texts.ends, when(view.ends_at)],
    // Where it isn’t kept, a notice says so.
    [texts.kept, view.kept.kind === "stored" ? page.say("{store}") : null],
  ];
  return rows.flatMap(([name, value]) => (value ? [{ name, value }] : []));
}

/** The issuer's host, when the configuration gives the provider no name. */
function host(issuer: string): string {
  try {
    return new URL(issuer).host;
  } catch {
    return line(issuer, 60);
  }
}
