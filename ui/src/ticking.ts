// When the page needs a clock. Nothing ticks while nothing counts: an idle window costs no wake-ups.
import type { View } from "./bindings/View";
import { patience } from "./receipt";
import { parse, step } from "./time";

/** `since`: when the session came into this state. Milliseconds until the page's time should move again; null when nothing on it counts. */
export function nextTick(view: View, now: number, since = now): number | null {
  if (view.kind === "signed-out" && view.receipt?.device === "pending") {
    const left = since + patience - now;
    return left > 0 ? left : null;
  }
  if (view.kind === "signing-in" && (view.phase === "waiting" || view.phase === "choosing")) {
    const deadline = parse(view.deadline);
    if (deadline === null || deadline <= now) return null;
    // Just after the number changes, so that a late timer never skips one.
    return ((deadline - now) % step) + 1;
  }
  if (view.kind === "signed-in" && view.freshness.kind === "stale" && view.freshness.retry_at) {
    const retry = parse(view.freshness.retry_at);
    if (retry === null || retry <= now) return null;
    const left = retry - now;
    return left <= 91_000 ? (left % 1000) + 1 : (left % 60_000) + 1;
  }
  return null;
}
