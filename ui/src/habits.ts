// How a language says hours and days, learnt from Intl and kept for the next start. The engine takes 10 ms before it says its first time,
// which is longer than everything else the first frame waits for in the page; what it says has few parts. Nothing about a person
// is kept.

/** The texts, with "{m}", "{d}" and "{y}" for the minutes, the day of the month and the year. */
export interface Habits {
  /** The person's locale, and the system's, whose hours count to 12 or 24. */
  readonly locale: string;
  readonly system: string;
  /** The 24 hours of a day: "1:{m} pm". */
  readonly hours: readonly string[];
  /** The 12 months: "{d} November". */
  readonly months: readonly string[];
  /** The same with the year: "{d} November {y}". */
  readonly years: readonly string[];
}

/** How to say them by Intl: the time of day, the day, the day with its year. */
export interface Teacher {
  clock(at: number): string;
  date(at: number, withYear: boolean): string;
}

const name = "habits";

/** Learns from a teacher; null where times have other digits, or say more than hours and days. */
export function learn(locale: string, system: string, teacher: Teacher): Habits | null {
  const hours = range(24).map((hour) => blank(teacher.clock(moment(10, 28, hour, 47)), { m: "47" }));
  const months = range(12).map((month) => blank(teacher.date(moment(month, 28), false), { d: "28" }));
  const years = range(12).map((month) => blank(teacher.date(moment(month, 28), true), { d: "28", y: "2031" }));
  const habits = { locale, system, hours, months, years };
  if (!isHabits(habits)) return null;
  const right = [moment(0, 1, 0, 0), moment(5, 9, 9, 5), moment(11, 31, 23, 59)].every(
    (at) =>
      clock(at, habits) === teacher.clock(at) &&
      [false, true].every((withYear) => date(at, habits, withYear) === teacher.date(at, withYear)),
  );
  return right ? habits : null;
}

export function clock(at: number, { hours }: Habits): string {
  const time = new Date(at);
  return (hours[time.getHours()] ?? "").replace("{m}", String(time.getMinutes()).padStart(2, "0"));
}

export function date(at: number, { months, years }: Habits, withYear: boolean): string {
  const time = new Date(at);
  return ((withYear ? years : months)[time.getMonth()] ?? "")
    .replace("{d}", String(time.getDate()))
    .replace("{y}", String(time.getFullYear()));
}

/** Keeps them in the page's own storage; a page that has none learns every time. */
export function keep(habits: Habits | null): void {
  try {
    if (habits) localStorage.setItem(name, JSON.stringify(habits));
    else localStorage.removeItem(name);
  } catch {
    // Without them the first frame takes a little longer.
  }
}

/** What was kept, if it is of these locales. */
export function kept(locale: string, system: string): Habits | null {
  try {
    const habits: unknown = JSON.parse(localStorage.getItem(name) ?? "null");
    return isHabits(habits) && habits.locale === locale && habits.system === system ? habits : null;
  } catch {
    return null;
  }
}

const range = (length: number) => Array.from({ length }, (_, index) => index);
const moment = (month: number, day: number, hour = 12, minute = 0) =>
  new Date(2031, month, day, hour, minute).getTime();

/** A text with its numbers taken out; empty where one is not there exactly once. */
function blank(text: string, numbers: Readonly<Record<string, string>>): string {
  let open = text;
  for (const [letter, number] of Object.entries(numbers)) {
    if (open.split(number).length !== 2) return "";
    open = open.replace(number, `{${letter}}`);
  }
  return open;
}

function isHabits(value: unknown): value is Habits {
  const { locale, system, hours, months, years } = (value ?? {}) as Partial<Record<keyof Habits, unknown>>;
  const texts = (list: unknown, length: number, numbers: readonly string[]) =>
    Array.isArray(list) &&
    list.length === length &&
    list.every((text) => typeof text === "string" && numbers.every((number) => text.includes(number)));
  return (
    typeof locale === "string" &&
    typeof system === "string" &&
    texts(hours, 24, ["{m}"]) &&
    texts(months, 12, ["{d}"]) &&
    texts(years, 12, ["{d}", "{y}"])
  );
}
