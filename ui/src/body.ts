// The state as attributes of <body>: what tests and style sheets may look at. The names and values are the wire's.
import type { View } from "./bindings/View";

const names = ["state", "why", "freshness", "kept", "problem", "how", "phase"] as const;
type Name = (typeof names)[number];

/** Which attributes a view has; the rest are absent. */
export function attributes(view: View): Partial<Record<Name, string>> {
  switch (view.kind) {
    case "signed-out":
      return { state: view.kind, why: view.why, ...(view.last_attempt ? { problem: view.last_attempt.code } : {}) };
    case "signed-in":
      return {
        state: view.kind,
        freshness: view.freshness.kind,
        kept: view.kept.kind,
        ...(view.freshness.kind === "stale" ? { problem: view.freshness.problem.code } : {}),
      };
    case "blocked":
      return { state: view.kind, problem: view.problem.code };
    case "unconfigured":
      return { state: view.kind, ...(view.last_attempt ? { problem: view.last_attempt.code } : {}) };
    case "signing-in":
      return { state: view.kind, how: view.how, phase: view.phase };
    case "restoring":
      return { state: view.kind };
  }
}

/** Writes them on an element and takes away those of the view before. */
export function mark(element: HTMLElement, view: View): void {
  const now = attributes(view);
  for (const name of names) {
    const value = now[name];
    if (value === undefined) delete element.dataset[name];
    else element.dataset[name] = value;
  }
}
