// The first questions are asked once, early, and no answer is lost on the way to whoever asks for it.
import { expect, it } from "vitest";
import type { AppInfo } from "../src/bindings/AppInfo";
import type { View } from "../src/bindings/View";
import { begin } from "../src/begin";
import type { Bridge } from "../src/bridge";
import { follow } from "../src/follow";
import { info } from "./fake";

const restoring: View = { kind: "restoring" };
const signedOut: View = { kind: "signed-out", why: "never" };

/** A shell that notes what it is asked. */
function shell(subscribed = Promise.resolve(), known = () => Promise.resolve(info)) {
  const asked: string[] = [];
  let show: (view: View) => void = () => {};
  const bridge = {
    subscribe(onView: (view: View) => void) {
      asked.push("subscribe");
      show = onView;
      return subscribed;
    },
    appInfo(): Promise<AppInfo> {
      asked.push("appInfo");
      return known();
    },
  } as Bridge;
  return { bridge, asked, show: (view: View) => show(view) };
}

it("asks at once, and whoever subscribes later gets the newest view and all that follow", async () => {
  const { bridge, asked, show } = shell();
  const begun = begin(bridge);
  expect(asked).toEqual(["subscribe", "appInfo"]);
  show(restoring);
  show(signedOut);
  const seen: string[] = [];
  await begun.subscribe((view) => seen.push(view.kind));
  expect(seen).toEqual(["signed-out"]);
  show(restoring);
  expect(seen).toEqual(["signed-out", "restoring"]);
  expect(asked).toEqual(["subscribe", "appInfo"]);
});

it("shows nothing twice, and nothing before it is there", async () => {
  const { bridge, show } = shell();
  const begun = begin(bridge);
  const seen: string[] = [];
  await begun.subscribe((view) => seen.push(view.kind));
  expect(seen).toEqual([]);
  show(signedOut);
  expect(seen).toEqual(["signed-out"]);
});

it("gives the first answer about the app once; later ones are asked for anew", async () => {
  const { bridge, asked } = shell();
  const begun = begin(bridge);
  expect(await begun.appInfo()).toBe(info);
  await begun.appInfo();
  expect(asked).toEqual(["subscribe", "appInfo", "appInfo"]);
});

it("a shell that refuses is heard of by whoever follows it", async () => {
  const refused = begin(shell(Promise.reject(new Error("no shell"))).bridge);
  await expect(follow(refused, () => {})).rejects.toThrow("no shell");
  const ignorant = begin(shell(undefined, () => Promise.reject(new Error("no configuration"))).bridge);
  await expect(ignorant.appInfo()).rejects.toThrow("no configuration");
});
