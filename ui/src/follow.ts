// Views in, in order, each with what must be known to show it. What is known about the app (the provider's name above all) is asked
// again whenever the configuration may have changed, and a view that needs it waits for it: a button never changes its name.
import type { AppInfo } from "./bindings/AppInfo";
import type { View } from "./bindings/View";
import type { Bridge } from "./bridge";

type Show = (view: View, info: AppInfo | null) => void;

/** Subscribes, and calls `show` for every view; the newest wins when several wait. `prepare`: what else a view, or what is known, asks for. */
export function follow(
  bridge: Bridge,
  show: Show,
  prepare: (view: View, info: AppInfo | null) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  let waiting: View | null = null;
  let working = false;
  /** The configuration is not known, or may be another one by now. */
  let inDoubt = true;

  async function drain(): Promise<void> {
    working = true;
    while (waiting) {
      const info: AppInfo | null = inDoubt ? await bridge.appInfo().catch(() => null) : null;
      let view: View;
      do {
        view = waiting;
        await prepare(view, info);
      } while (view !== waiting);
      waiting = null;
      inDoubt = leavesInDoubt(view, inDoubt);
      show(view, info);
    }
    working = false;
  }

  return bridge.subscribe((view) => {
    waiting = view;
    if (!working) void drain();
  });
}

/** The configuration is read again out of these states; the first sign-in at a provider writes it. */
function leavesInDoubt({ kind }: View, before: boolean): boolean {
  return kind === "unconfigured" || kind === "blocked" || kind === "restoring" || (kind === "signing-in" && before);
}
