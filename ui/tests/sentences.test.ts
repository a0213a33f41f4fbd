// The timeline in people's words.
import { describe, expect, it } from "vitest";
import type { Code } from "../src/bindings/Code";
import type { Entry } from "../src/bindings/Entry";
import type { What } from "../src/bindings/What";
import type { Why } from "../src/bindings/Why";
import whatSource from "../src/bindings/What.ts?raw";
import { timelines } from "../src/bridge/timelines";
import { problems } from "../src/problems";
import { days, sentence } from "../src/sentences";
import { english, FakeBridge, info, pageOf } from "./fake";

const now = new Date(2026, 10, 20, 21, 0, 0).getTime();
const minute = 60_000;
const day = 24 * 60 * minute;
const at = (before: number) => new Date(now - before).toISOString();

function page() {
  const page = pageOf(new FakeBridge());
  page.info = info;
  page.now = now;
  return page;
}
const said = (what: What, before = 0) => sentence({ at: at(before), ...what }, page());

describe("one entry", () => {
  it.each<[What, string]>([
    [{ kind: "signed-in", how: "deep-link" }, "You signed in with Acme."],
    [{ kind: "renewed", times: 1, first: at(0) }, "Acme renewed the session."],
    [{ kind: "renewed", times: 12, first: at(70 * minute) }, "Acme renewed the session 12 times since 19:50."],
    [
      { kind: "renewed", times: 1200, first: at(day) },
      "Acme renewed the session 1,200 times since yesterday at 21:00.",
    ],
    [{ kind: "renewed", times: 2, first: at(8 * day) }, "Acme renewed the session 2 times since November 12, 21:00."],
    [{ kind: "stale", code: "offline", stage: "refresh" }, "Acme couldn’t be reached. You stayed signed in."],
    [
      { kind: "provider-refused", code: "interaction-required" },
      "Acme wanted to see you, so the session wasn’t renewed. You stayed signed in.",
    ],
    [
      { kind: "store-trouble", code: "store-locked" },
      "GNOME Keyring was locked, so a saved session couldn’t be opened.",
    ],
    [{ kind: "signed-out", why: "by-user" }, "You signed out."],
    [
      { kind: "signed-out", why: "ended-by-provider", lost_answer: at(5 * minute) },
      "Acme ended the session. An answer from it had been lost at 20:55.",
    ],
    [{ kind: "attempt-failed", code: "cancelled", stage: "browser" }, "You cancelled the sign-in."],
    [
      { kind: "attempt-failed", code: "certificate", stage: "discovery" },
      "The sign-in didn’t work. The connection wasn’t private.",
    ],
    [
      { kind: "attempt-failed", code: "id-token-issued-at", stage: "id-token", clock_ahead: -840 },
      "The sign-in didn’t work. This computer’s clock was 14 minutes slow.",
    ],
    [
      { kind: "stale", code: "id-token-expired", stage: "refresh", clock_ahead: 7200 },
      "This computer’s clock was 2 hours fast. You stayed signed in.",
    ],
  ])("%o", (what, text) => expect(said(what)).toBe(text));

  it("is a sentence for every code and every reason", () => {
    for (const code of Object.keys(problems) as Code[]) {
      for (const what of [
        { kind: "stale", code, stage: "refresh" },
        { kind: "unsaved", code },
        { kind: "attempt-failed", code, stage: "token" },
      ] as const) {
        expect(said(what)).toMatch(/^\p{Lu}[^{}]+[^.]\.$/u);
      }
    }
    for (const why of Object.keys(english.words.whys) as Why[])
      expect(said({ kind: "signed-out", why })).toMatch(/^\p{Lu}.+\.$/u);
  });
});

it("has words for exactly the kinds of the wire", () => {
  const kinds = [...whatSource.matchAll(/"kind": "([^"]+)"/g)].map((match) => match[1]);
  expect(kinds.length).toBeGreaterThan(10);
  expect(Object.keys(english.words.timeline.lines).sort()).toEqual([...kinds].sort());
});

it("the newest is the first, under its day", () => {
  const entries: Entry[] = [
    { at: at(8 * day), kind: "signed-in", how: "loopback" },
    { at: at(day), kind: "restored" },
    { at: at(60 * minute), kind: "stale", code: "offline", stage: "refresh" },
    { at: at(0), kind: "recovered" },
  ];
  const shown = days(entries, page());
  expect(shown.map((it) => [it.name, it.lines.map((line) => line.time)])).toEqual([
    ["Today", ["21:00", "20:00"]],
    ["Yesterday", ["21:00"]],
    ["November 12", ["21:00"]],
  ]);
  expect(shown[0]?.lines.map((line) => line.worry)).toEqual([false, true]);
});

it("a refusal carries the provider’s word", () => {
  const shown = days([{ at: at(0), kind: "provider-refused", code: "invalid-scope" }], page());
  expect(shown[0]?.lines[0]?.code).toBe("invalid-scope");
});

it("two hundred entries are shown, and a time that is none", () => {
  expect(days(timelines(now)["long"]!, page()).flatMap((it) => it.lines)).toHaveLength(200);
  expect(days([{ at: "soon", kind: "saved" }], page())[0]?.lines[0]?.time).toBe("");
});
