// Times in plain words.
import { describe, expect, it } from "vitest";
import { Language } from "../src/messages";
import { nextTick } from "../src/ticking";
import { calmly, clock, moment, parse, soon, span, spoken } from "../src/time";

const now = new Date(2026, 10, 20, 21, 0, 0).getTime();
const en = new Language("en", "en", false);
const minute = 60_000;
const day = 24 * 60 * minute;
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("moments", () => {
  it.each([
    [now, "Today, 21:00"],
    [now - 5 * minute, "Today, 20:55"],
    [now - day, "Yesterday, 21:00"],
    [now + 4 * 60 * minute, "Tomorrow, 01:00"],
    [now - 8 * day, "November 12, 21:00"],
    [now - 400 * day, "October 16, 2025, 21:00"],
  ])("%d", (at, wanted) => expect(plain(moment(at, now, en))).toBe(wanted));

  it("follows the system's 12 hours", () => expect(plain(clock(now, new Language("en", "en", true)))).toBe("9:00 PM"));
});

describe("soon", () => {
  it.each([
    [22_000, "in 22 seconds"],
    [1, "in 1 second"],
    [10 * minute, "in 10 minutes"],
    [3 * 60 * minute, "at 00:00"],
  ])("%d ms", (distance, wanted) => expect(soon(now + distance, now, en)).toBe(wanted));
});

describe("countdown", () => {
  it.each([
    [300_000, "5 minutes"],
    [287_000, "5 minutes"],
    [60_001, "2 minutes"],
    [60_000, "60 seconds"],
    [20_001, "30 seconds"],
    [1, "10 seconds"],
    [0, "0 seconds"],
    [-5000, "0 seconds"],
  ])("%d ms", (left, wanted) => expect(calmly(left, en)).toBe(wanted));

  it("is spoken once a minute at most, and at the end", () => {
    const heard = new Set<string>();
    for (let left = 300_000; left > 0; left -= 1000) heard.add(spoken(left, en));
    expect([...heard]).toEqual(["5 minutes", "4 minutes", "3 minutes", "2 minutes", "1 minute", "30 seconds"]);
  });
});

describe("a span", () => {
  it.each([
    [1, "1 second"],
    [30, "30 seconds"],
    [89, "89 seconds"],
    [90, "2 minutes"],
    [840, "14 minutes"],
    [869, "14 minutes"],
    [870, "15 minutes"],
    [5400, "2 hours"],
    [172_800, "2 days"],
    [864_000, "10 days"],
    [31_536_000, "365 days"],
  ])("%d s", (seconds, wanted) => expect(span(seconds, en)).toBe(wanted));
});

it("knows a time from none", () => {
  expect(parse("2026-11-20T21:00:00Z")).toBe(Date.UTC(2026, 10, 20, 21));
  expect(parse("soon")).toBeNull();
});

describe("the page's clock", () => {
  const at = (offset: number) => new Date(now + offset).toISOString();
  it("ticks every ten seconds of a countdown, until it is over", () => {
    const view = { kind: "signing-in", how: "deep-link", phase: "waiting", deadline: at(65_300) } as const;
    expect(nextTick(view, now)).toBe(5301);
    expect(nextTick({ ...view, deadline: at(-1) }, now)).toBeNull();
    expect(nextTick({ ...view, phase: "finishing" }, now)).toBeNull();
  });
  it("rests otherwise", () => {
    expect(nextTick({ kind: "restoring" }, now)).toBeNull();
    expect(nextTick({ kind: "signed-out", why: "never" }, now)).toBeNull();
  });
});
