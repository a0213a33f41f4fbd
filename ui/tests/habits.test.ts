// What is learnt of a language says times as its teacher does, and what cannot be learnt is not kept.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { clock, date, keep, kept, learn, type Teacher } from "../src/habits";

const intl = (locale: string): Teacher => ({
  clock: (at) => new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }).format(at),
  date: (at, withYear) =>
    new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", ...(withYear ? { year: "numeric" } : {}) }).format(
      at,
    ),
});

beforeEach(() => localStorage.clear());

describe.each(["en-US", "en-GB", "de-AT", "fr", "fr-CA", "ja", "zh-TW", "he", "pt-BR", "sv", "ko", "cs", "bg"])(
  "%s",
  (locale) => {
    const teacher = intl(locale);
    const habits = learn(locale, locale, teacher)!;

    it("is learnt", () => expect(habits).not.toBeNull());

    it("says every hour and every day as Intl does", () => {
      for (let day = 0; day < 366; day++) {
        const at = new Date(2028, 0, 1 + day, day % 24, (day * 7) % 60).getTime();
        expect(clock(at, habits)).toBe(teacher.clock(at));
        expect(date(at, habits, false)).toBe(teacher.date(at, false));
        expect(date(at, habits, true)).toBe(teacher.date(at, true));
      }
    });

    it("is kept for these locales and no other", () => {
      keep(habits);
      expect(kept(locale, locale)).toEqual(habits);
      expect(kept(locale, "xx")).toBeNull();
      expect(kept("xx", locale)).toBeNull();
    });
  },
);

it.each(["ar-EG", "fa", "mr", "th-TH-u-nu-thai"])("%s has other digits, and is asked every time", (locale) => {
  expect(learn(locale, locale, intl(locale))).toBeNull();
});

it("does not learn another calendar's years", () => {
  const buddhist = intl("th");
  expect(buddhist.date(0, true)).toMatch(/2513/);
  expect(learn("th", "th", buddhist)).toBeNull();
});

it("does not learn what depends on more than the hour and the month", () => {
  const teacher = intl("en-US");
  const first: Teacher = { ...teacher, date: (at, withYear) => teacher.date(at, withYear).replace(/ 1\b/, " 1st") };
  expect(learn("en-US", "en-US", first)).toBeNull();
});

it.each([
  "",
  "{",
  "null",
  "[]",
  '{"locale":"en","system":"en"}',
  '{"locale":"en","system":"en","hours":[],"months":[],"years":[]}',
])("takes nothing from a storage that holds %j", (text) => {
  localStorage.setItem("habits", text);
  expect(kept("en", "en")).toBeNull();
});

it("forgets what cannot be learnt any more, and does without a storage", () => {
  keep(learn("en", "en", intl("en")));
  keep(null);
  expect(localStorage.length).toBe(0);
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  keep(learn("en", "en", intl("en")));
  expect(kept("en", "en")).toBeNull();
});
