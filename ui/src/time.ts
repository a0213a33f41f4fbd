// Times and durations in plain words, by Intl. Whether hours count to 12 or 24 is the system's habit. Pure: the current time is always passed in, in milliseconds.
import * as habits from "./habits";
import type { PlainLanguage } from "./messages/plain";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** The system's 12- or 24-hour habit. */
export function systemHours(locale: string | undefined): boolean | undefined {
  try {
    return new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions().hour12;
  } catch {
    return undefined;
  }
}

/** Milliseconds of an RFC 3339 time; null when it is none. */
export function parse(time: string): number | null {
  const at = Date.parse(time);
  return Number.isNaN(at) ? null : at;
}

/** Midnight is 00:00, which `hour12: false` doesn't promise. */
function cycle(hour12: boolean | undefined): Intl.DateTimeFormatOptions {
  return hour12 === undefined ? {} : { hourCycle: hour12 ? "h12" : "h23" };
}

/** "14:32" or "2:32 pm". */
export function clock(at: number, language: PlainLanguage): string {
  if (language.habits) return habits.clock(at, language.habits);
  return new Intl.DateTimeFormat(language.locale, {
    hour: "numeric",
    minute: "2-digit",
    ...cycle(language.hour12),
  }).format(at);
}

/** "Today at 14:32", "Yesterday at 9:05", "12 November 2026 at 9:05". */
export function moment(at: number, now: number, language: PlainLanguage): string {
  const time = clock(at, language);
  const texts = language.words.time;
  switch (daysBetween(now, at)) {
    case 0:
      return language.say(texts.today, { time });
    case 1:
      return language.say(texts.tomorrow, { time });
    case -1:
      return language.say(texts.yesterday, { time });
    default:
      return language.say(texts.other, { day: near(at, now, language), time });
  }
}

/** A moment that is over, inside a sentence: "at 14:32", "yesterday at 9:05", "on 12 November at 9:05". */
export function when(at: number, now: number, language: PlainLanguage): string {
  const time = clock(at, language);
  const texts = language.words.time;
  switch (daysBetween(now, at)) {
    case 0:
      return language.say(texts.at, { time });
    case -1:
      return language.say(texts.yesterdayAt, { time });
    default:
      return language.say(texts.otherAt, { day: near(at, now, language), time });
  }
}

/** The same after "since": "yesterday at 9:05", "12 November, 9:05". */
export function from(at: number, now: number, language: PlainLanguage): string {
  const time = clock(at, language);
  if (daysBetween(now, at) === -1) return language.say(language.words.time.yesterdaySince, { time });
  return language.say(language.words.time.otherSince, { day: near(at, now, language), time });
}

/** The day alone: "Today", "Yesterday", "12 November". */
export function dayName(at: number, now: number, language: PlainLanguage): string {
  switch (daysBetween(now, at)) {
    case 0:
      return language.say(language.words.time.todayAlone);
    case -1:
      return language.say(language.words.time.yesterdayAlone);
    default:
      return near(at, now, language);
  }
}

/** Whether both are in the same calendar day here. */
export function sameDay(one: number, other: number): boolean {
  return daysBetween(one, other) === 0;
}

/** "12 November", with the year when it is another one. */
function near(at: number, now: number, language: PlainLanguage): string {
  return date(at, language, new Date(at).getFullYear() !== new Date(now).getFullYear());
}

/** "12 November 2026", or without the year. */
export function date(at: number, language: PlainLanguage, withYear: boolean): string {
  if (language.habits) return habits.date(at, language.habits, withYear);
  return new Intl.DateTimeFormat(language.locale, {
    day: "numeric",
    month: "long",
    ...(withYear ? { year: "numeric" } : {}),
  }).format(at);
}

/** "in 20 seconds", "in 3 minutes"; further away than an hour, or past, by the clock: "at 14:32". */
export function soon(at: number, now: number, language: PlainLanguage): string {
  const distance = at - now;
  const relative = new Intl.RelativeTimeFormat(language.locale, { numeric: "always" });
  if (distance > 0 && distance <= 90 * second) return relative.format(Math.ceil(distance / second), "second");
  if (distance > 0 && distance <= hour) return relative.format(Math.ceil(distance / minute), "minute");
  return language.say(language.words.time.at, { time: clock(at, language) });
}

/** What is left of a countdown is shown in steps of this. */
export const step = 10 * second;

/** "5 minutes", in the last one "50 seconds": what is left, without haste. */
export function calmly(left: number, language: PlainLanguage): string {
  return left > minute
    ? span(Math.ceil(left / minute) * 60, language)
    : span((Math.ceil(Math.max(0, left) / step) * step) / second, language);
}

/** "45 seconds", "14 minutes", "2 hours", "10 days": a span of so many seconds, rounded, in one unit. */
export function span(seconds: number, language: PlainLanguage): string {
  const unit = (size: number, name: "second" | "minute" | "hour" | "day") =>
    new Intl.NumberFormat(language.locale, { style: "unit", unit: name, unitDisplay: "long" }).format(
      Math.round(seconds / size),
    );
  if (seconds < 90) return unit(1, "second");
  if (seconds < 90 * 60) return unit(60, "minute");
  if (seconds < 48 * 3600) return unit(3600, "hour");
  return unit(24 * 3600, "day");
}

/** "5 minutes", "30 seconds": what a screen reader hears of a countdown, said again only when this text changes. */
export function spoken(left: number, language: PlainLanguage): string {
  const unit = (value: number, name: "minute" | "second") =>
    new Intl.NumberFormat(language.locale, { style: "unit", unit: name, unitDisplay: "long" }).format(value);
  if (left <= 30 * second) return unit(30, "second");
  return unit(Math.max(1, Math.ceil(left / minute - 0.05)), "minute");
}

/** Whole calendar days from `from` to `to`, in local time. */
function daysBetween(from: number, to: number): number {
  const day = (at: number) => {
    const date = new Date(at);
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  };
  return Math.round((day(to) - day(from)) / (24 * hour));
}

/** Keeps how a language says times for the next start, in which the engine of `system` says nothing before the first frame. */
export function keepHabits(language: PlainLanguage, system: string): void {
  const teacher = {
    clock: (at: number) => clock(at, language),
    date: (at: number, withYear: boolean) => date(at, language, withYear),
  };
  habits.keep(habits.learn(language.locale, system, teacher));
}
