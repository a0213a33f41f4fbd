// The sentence of the sign-in screen.
import { expect, it } from "vitest";
import type { View } from "../src/bindings/View";
import { reason, story } from "../src/story";
import { problem } from "../src/bridge/samples";
import { FakeBridge, info, pageOf } from "./fake";

type Out = Extract<View, { kind: "signed-out" }>;
const now = new Date(2026, 10, 20, 21, 0, 0).getTime();
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

function said(view: Omit<Out, "kind">): string {
  const page = pageOf(new FakeBridge());
  page.info = info;
  page.now = now;
  const { title, sentence } = reason({ kind: "signed-out", ...view }, page);
  return `${title}. ${sentence}`;
}

it("says why nobody is signed in", () => {
  expect(said({ why: "by-user" })).toBe("You signed out. Sign in whenever you want to come back.");
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
  expect(said({ why: "by-user", lost_answer: ago(1) })).toBe("You signed out. Sign in whenever you want to come back.");
  expect(said({ why: "ended-by-provider", lost_answer: "soon" })).not.toContain("lost");
});

it("an attempt that has just ended is the news", () => {
  const page = pageOf(new FakeBridge());
  page.info = info;
  const told = story(
    { kind: "signed-out", why: "expired", last_attempt: problem("timed-out", { fault: "person" }) },
    page,
  );
  expect(told).toMatchObject({ title: "The time ran out", sign: { shape: "clock", tone: "calm" }, problem: null });
});

it("what a person decided has no technical part, unless the provider said something to it", () => {
  const page = pageOf(new FakeBridge());
  const tell = (detail?: string) =>
    story(
      {
        kind: "signed-out",
        why: "never",
        last_attempt: problem("denied", { fault: "person", ...(detail ? { detail } : {}) }),
      },
      page,
    ).problem;
  expect(tell()).toBeNull();
  expect(tell("access_denied: not on the list")?.code).toBe("denied");
});

it.each([
  ["done", "check"],
  ["skipped", "check"],
  ["pending", "clock"],
  ["failed", "alert"],
] as const)("a sign-out that is %s on this computer has the sign for it", (device, shape) => {
  const page = pageOf(new FakeBridge());
  const receipt = { device, tokens: "done", provider_session: "done" } as const;
  expect(story({ kind: "signed-out", why: "by-user", receipt }, page).sign?.shape).toBe(shape);
});
