// Timelines with sample data, for the mock and for the tests. The times are relative to when they are asked for.
import type { Entry } from "../bindings/Entry";
import type { What } from "../bindings/What";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** All samples by name; each with its newest entry last. */
export function timelines(now: number): Record<string, Entry[]> {
  const entry = (before: number, what: What): Entry => ({ at: new Date(now - before).toISOString(), ...what });
  const renewed = (before: number, times: number, first: number): Entry =>
    entry(before, { kind: "renewed", times, first: new Date(now - first).toISOString() });
  const one: Entry[] = [
    entry(9 * day, { kind: "attempt-failed", code: "timed-out", stage: "browser" }),
    entry(9 * day - 4 * minute, { kind: "signed-in", how: "deep-link" }),
    renewed(8 * day, 214, 9 * day - 9 * minute),
    entry(8 * day - 2 * hour, { kind: "signed-out", why: "ended-by-provider" }),
    entry(8 * day - 3 * hour, { kind: "signed-in", how: "loopback" }),
    entry(26 * hour, { kind: "stale", code: "offline", stage: "refresh" }),
    entry(25 * hour, { kind: "recovered" }),
    entry(24 * hour, { kind: "store-trouble", code: "store-locked" }),
    entry(24 * hour - minute, { kind: "restored" }),
    renewed(23 * hour, 2, 24 * hour),
    entry(3 * hour, { kind: "provider-refused", code: "interaction-required" }),
    entry(2.5 * hour, { kind: "signed-in", how: "deep-link" }),
    entry(2.4 * hour, { kind: "unsaved", code: "store-silent" }),
    entry(2.3 * hour, { kind: "saved" }),
    renewed(minute, 27, 2.2 * hour),
  ];
  return {
    none: [],
    usual: one,
    every: [
      ...one,
      entry(50_000, { kind: "signed-in-elsewhere" }),
      renewed(45_000, 1, 45_000),
      entry(40_000, {
        kind: "signed-out",
        why: "ended-by-provider",
        lost_answer: new Date(now - 5 * minute).toISOString(),
      }),
      entry(30_000, { kind: "attempt-failed", code: "cancelled", stage: "browser" }),
      entry(20_000, { kind: "attempt-failed", code: "denied", stage: "callback" }),
      entry(10_000, { kind: "attempt-failed", code: "id-token-hash", stage: "id-token" }),
    ],
    long: Array.from({ length: 200 }, (_, index) =>
      entry(
        (200 - index) * 2 * hour,
        index % 2 ? { kind: "recovered" } : { kind: "stale", code: "offline", stage: "refresh" },
      ),
    ),
  };
}
