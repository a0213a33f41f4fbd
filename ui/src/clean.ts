// Texts that come from an identity provider, made fit to show: one line, bounded, without characters that reorder or hide
// their neighbours. They are always shown as text, never as markup.
import type { Profile } from "./bindings/Profile";

// Control characters, bidirectional controls, zero-width characters (but not U+200D, which joins emoji), the byte order mark.
const unwanted = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
// A letter with a hundred marks piled on it would paint over the lines around it.
const piled = /(\p{M}{4})\p{M}+/gu;

/** One line of at most `limit` characters. */
export function line(text: string, limit = 120): string {
  const shown = text
    .slice(0, limit * 4)
    .replace(/[\t\n\v\f\r\u2028\u2029]/g, " ")
    .replace(unwanted, "")
    .replace(/\s+/g, " ")
    .replace(piled, "$1");
  const characters = Array.from(shown.trim());
  return characters.length > limit || text.length > limit * 4
    ? `${characters
        .slice(0, limit - 1)
        .join("")
        .trimEnd()}…`
    : characters.join("");
}

/** What to call a person: the first of their names that shows anything. */
export function displayName(profile: Profile, unnamed: string): string {
  const candidates = [profile.name, profile.preferred_username, profile.email, profile.sub];
  for (const candidate of candidates) {
    const shown = line(candidate ?? "");
    if (/[\p{L}\p{N}\p{S}\p{P}]/u.test(shown)) return shown;
  }
  return unnamed;
}

/** One or two letters that stand in for a picture; empty when the name has no letter. */
export function initials(name: string): string {
  const words = name
    .replace(/@.*$/u, "")
    .split(/[\s._-]+/u)
    .flatMap((word) => word.match(/[\p{L}\p{N}]/u)?.[0] ?? []);
  const first = words[0] ?? "";
  const last = words.length > 1 ? (words[words.length - 1] ?? "") : "";
  return (first + last).toLocaleUpperCase();
}

/** A path cut after its separators, where a line may break. */
export function pieces(path: string): string[] {
  return path.match(/[^/\\]*[/\\]|[^/\\]+/g) ?? [];
}
