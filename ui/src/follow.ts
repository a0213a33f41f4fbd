// Views in, in order, each with what must be known to show it. What is known about the app (the provider's name above all) is asked
// again whenever the configuration may have changed, and a view that needs it waits for it: a button never changes its name.
import type { AppInfo } from "./bindings/AppInfo";
import type { View } from "./bindings/View";
import type { Bridge } from "./bridge";

type Show = (view: View, info: AppInfo | null) => void;

/** Subscribes, and calls `show` for every view; the newest wins when several wait. `prepare`: what else what is known asks for. */
export function follow(
  bridge: Bridge,
  show: Show,
  prepare: (info: AppInfo) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  let waiting: View | null = null;
  let working = false;
  let before: View["kind"] | null = null;

  async function drain(): Promise<void> {
    working = true;
    while (waiting) {
      const info: AppInfo | null = mayHaveChanged(before) ? await bridge.appInfo().catch(() => null) : null;
      if (info) await prepare(info);
      const view: View = waiting;
      waiting = null;
      before = view.kind;
      show(view, info);
    }
    working = false;
  }

  return bridge.subscribe((view) => {
    waiting = view;
    if (!working) void drain();
  });
}

/** The configuration is read again out of these states, and has not been read by this page before the first one. */
function mayHaveChanged(before: View["kind"] | null): boolean {
  return before === null || before === "unconfigured" || before === "blocked" || before === "restoring";
}
