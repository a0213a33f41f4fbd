// The sentence of the sign-in screen.
import { expect, it } from "vitest";
import type { View } from "../src/bindings/View";
import { reason } from "../src/reason";
import { FakeBridge, info, pageOf } from "./fake";

type Out = Extract<View, { kind: "signed-out" }>;
const now = new Date(2026, 10, 20, 21, 0, 0).getTime();
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

function said(view: Omit<Out, "kind">): string {
  const page = pageOf(new FakeBridge());
  page.info = info;
  page.now = now;
  return reason({ kind: "signed-out", ...view }, page);
}

it("says why nobody is signed in", () => {
  expect(said({ why: "by-user" })).toBe("You signed out.");
  expect(said({ why: "ended-by-provider" })).toBe("Acme ended your session. Sign in again to go on.");
});

it.each([
  [40, "at 20:20"],
  [24 * 60, "yesterday at 21:00"],
  [8 * 24 * 60, "on November 12 at 21:00"],
])("says that an answer was lost before the end, %d minutes ago", (minutes, when) => {
  expect(said({ why: "ended-by-provider", lost_answer: ago(minutes) })).toBe(
    `Acme ended your session. An answer from it was lost ${when}, and the next try was refused. Sign in again to go on.`,
  );
});

it("says nothing of a lost answer where it explains nothing", () => {
  expect(said({ why: "by-user", lost_answer: ago(1) })).toBe("You signed out.");
  expect(said({ why: "ended-by-provider", lost_answer: "soon" })).not.toContain("lost");
});
