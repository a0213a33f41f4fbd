// Which language is spoken, of those there are.

/** The one set, else the first of the system's that is there, else English; with the person's region, for dates and numbers. */
export function spoken(
  setting: string | null | undefined,
  system: readonly string[],
  tags: Iterable<string>,
): { tag: string; locale: string } {
  const all = [...tags];
  for (const locale of setting ? [setting, ...system] : system) {
    const tag = fitting(locale, all);
    if (tag) return { tag, locale: regional(tag, locale, system) };
    if (locale === setting) console.warn(`latchkey: there is no language "${setting}"; the system’s is used`);
  }
  return { tag: "en", locale: "en" };
}

/** The language for a locale, of these: the most exact one. */
export function fitting(locale: string, tags: Iterable<string>): string | null {
  const all = [...tags];
  const parts = locale.toLowerCase().split(/[-_]/);
  for (; parts.length > 0; parts.pop()) {
    const wanted = parts.join("-");
    for (const tag of all) if (tag.toLowerCase() === wanted) return tag;
  }
  return null;
}

/** The person's own variant of a language, when the system names one. */
function regional(tag: string, locale: string, system: readonly string[]): string {
  const base = tag.split("-")[0];
  return [locale, ...system].find((it) => it.split("-")[0] === base && it.includes("-")) ?? tag;
}

/** Whether the engine has dates and numbers for it. */
export function known(locale: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}
