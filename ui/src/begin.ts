// The page's first questions: which view it is, and what is known about the app. They are asked before the rest of the page is ready to
// show an answer, and both at once, so that the answers are there when it is. This module stands first in main.ts and imports nothing
// that is large.
import type { AppInfo } from "./bindings/AppInfo";
import type { View } from "./bindings/View";
import type { Bridge } from "./bridge";

/** The same shell, already asked. The first to subscribe gets what has come meanwhile: the newest view. */
export function begin(bridge: Bridge): Bridge {
  let latest: View | null = null;
  let onView = (view: View): void => void (latest = view);
  const subscribed = bridge.subscribe((view) => onView(view));
  let info: Promise<AppInfo> | null = bridge.appInfo();
  // Whoever asks hears of a failure; until then nobody has missed one.
  for (const answer of [subscribed, info]) answer.catch(() => {});
  return {
    ...bridge,
    subscribe(show) {
      onView = show;
      if (latest) show(latest);
      latest = null;
      return subscribed;
    },
    appInfo() {
      const first = info;
      info = null;
      return first ?? bridge.appInfo();
    },
  };
}
