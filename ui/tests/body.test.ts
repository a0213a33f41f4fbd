// The attributes of <body>, with the wire's names.
import { expect, it } from "vitest";
import { samples } from "../src/bridge/samples";
import { attributes, mark } from "../src/body";

const all = samples(Date.now());

it.each([
  ["unconfigured", { state: "unconfigured" }],
  ["restoring", { state: "restoring" }],
  ["signed-out", { state: "signed-out", why: "never" }],
  ["attempt-denied", { state: "signed-out", why: "never", problem: "denied" }],
  ["unconfigured-settings", { state: "unconfigured", problem: "invalid-client" }],
  ["signing-in", { state: "signing-in", how: "deep-link", phase: "waiting" }],
  ["signing-in-device-preparing", { state: "signing-in", how: "device", phase: "preparing" }],
  ["signed-in", { state: "signed-in", freshness: "fresh", kept: "stored" }],
  ["stale-offline", { state: "signed-in", freshness: "stale", kept: "stored", problem: "offline" }],
  ["signed-in-unsaved", { state: "signed-in", freshness: "fresh", kept: "unsaved" }],
  ["blocked-locked", { state: "blocked", problem: "store-locked" }],
])("%s", (name, wanted) => expect(attributes(all[name]!)).toEqual(wanted));

it("takes away what no longer holds", () => {
  const element = document.createElement("div");
  mark(element, all["stale-offline"]!);
  mark(element, all["signed-out"]!);
  expect({ ...element.dataset }).toEqual({ state: "signed-out", why: "never" });
});
