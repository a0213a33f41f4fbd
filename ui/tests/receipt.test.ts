// A sign-out says what it reached, and never more.
import { expect, it } from "vitest";
import type { Receipt } from "../src/bindings/Receipt";
import type { Step } from "../src/bindings/Step";
import type { View } from "../src/bindings/View";
import { announcement } from "../src/announce";
import { patience, rows, troubles } from "../src/receipt";
import { nextTick } from "../src/ticking";
import { FakeBridge, info, pageOf } from "./fake";

type Out = Extract<View, { kind: "signed-out" }>;
const done: Receipt = { device: "done", tokens: "done", provider_session: "done" };
const out = (receipt: Receipt): Out => ({ kind: "signed-out", why: "by-user", receipt });

function page(view: Out, later = 0) {
  const page = pageOf(new FakeBridge());
  page.show(view, info);
  page.now = page.since + later;
  return page;
}

it("names this computer, the provider and the browser", () => {
  const view = out(done);
  expect(rows(view, page(view)).map((row) => `${row.name}: ${row.state}`)).toEqual([
    "This computer: Session removed",
    "Acme: Access ended",
    "Your browser: Signed out there too",
  ]);
});

it("is there after a sign-out only", () => {
  const view: Out = { kind: "signed-out", why: "elsewhere", receipt: done };
  expect(rows(view, page(view))).toEqual([]);
  expect(rows({ kind: "signed-out", why: "by-user" }, page(view))).toEqual([]);
});

it.each<[keyof Receipt, Step]>([
  ["device", "pending"],
  ["device", "failed"],
  ["tokens", "failed"],
  ["provider_session", "failed"],
])("%s %s is heard, not only seen", (part, step) => {
  const view = out({ ...done, [part]: step });
  const shown = page(view, patience);
  expect(troubles(view, shown)).toHaveLength(1);
  expect(announcement(shown)).toMatch(/^You signed out\. .+: .+\.$/u);
});

it.each<Step>(["done", "skipped"])("%s is nothing to worry about", (step) => {
  const view = out({ device: step, tokens: step, provider_session: step });
  expect(troubles(view, page(view, patience))).toEqual([]);
});

it("says that the device waits for its store, but not in the moment it takes anyway", () => {
  const view = out({ ...done, device: "pending" });
  expect(rows(view, page(view))[0]?.note).toBeNull();
  expect(rows(view, page(view, patience))[0]?.note).toMatch(/is locked\. .+ as soon as it opens/u);
  const shown = page(view);
  expect(nextTick(view, shown.now, shown.since)).toBe(patience);
  expect(nextTick(view, shown.now + patience, shown.since)).toBeNull();
});
