// What the provider says about the person, as rows with plain names and readable values. Everything is text, and bounded.
import type { Claim } from "./bindings/Claim";
import { line } from "./clean";
import { languageName } from "./names";
import type { Page } from "./page.svelte";
import { date, moment, parse } from "./time";

export interface Row {
  /** The provider's own name for it. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
  /** As the provider wrote it, where `value` says it in other words. */
  readonly raw: string | null;
  readonly look: "text" | "code" | "empty";
  readonly cut: boolean;
}

export interface Group {
  readonly name: string;
  readonly rows: Row[];
}

type Known = keyof Page["words"]["claims"]["names"];

// OpenID Connect Core 1.0, sections 2 and 5.1, and what others commonly add; in the order they are shown.
const person: readonly Known[] = [
  ...(["name", "given_name", "middle_name", "family_name", "nickname", "preferred_username"] as const),
  ...(["email", "email_verified", "phone_number", "phone_number_verified", "address", "birthdate", "gender"] as const),
  ...(["locale", "zoneinfo", "profile", "picture", "website", "org_name", "org_id", "groups", "roles"] as const),
  ...(["permissions", "user_metadata", "updated_at"] as const),
];
const session: readonly Known[] = [
  ...(["sub", "iss", "aud", "azp", "client_id", "auth_time", "amr", "acr", "iat", "exp", "nbf", "scope"] as const),
  ...(["sid", "tid", "oid", "upn", "hd", "jti", "nonce", "at_hash", "c_hash", "s_hash", "typ", "ver"] as const),
];
/** Seconds since 1970 (RFC 7519, NumericDate). */
const moments: ReadonlySet<string> = new Set(["auth_time", "iat", "exp", "nbf", "updated_at"]);

const longest = 2000;

/** What to call a claim: its plain name, else its own. */
export function label(name: string, page: Page): string {
  const { names } = page.words.claims;
  return Object.hasOwn(names, name) ? page.say(names[name as Known]) : line(name, 80);
}

/** The claims that hold `query` in a name or the value, by group; groups without any are left out. */
export function groups(claims: readonly Claim[], query: string, page: Page): Group[] {
  const texts = page.words.claims.groups;
  const rows = claims.map((claim) => row(claim, page)).filter((it) => holds(it, query));
  const place = new Map<string, number>([...person, ...session].map((name, index) => [name, index]));
  const order = (it: Row) => place.get(it.name) ?? place.size;
  rows.sort((one, other) => order(one) - order(other) || one.label.localeCompare(other.label, page.language.locale));
  const of = (from: number, to: number) => rows.filter((it) => order(it) >= from && order(it) < to);
  return [
    { name: page.say(texts.person), rows: of(0, person.length) },
    { name: page.say(texts.session), rows: of(person.length, place.size) },
    { name: page.say(texts.other), rows: of(place.size, Infinity) },
  ].filter((group) => group.rows.length > 0);
}

function row(claim: Claim, page: Page): Row {
  const text = line(claim.text, longest);
  const plain: Row = {
    name: claim.name,
    label: label(claim.name, page),
    value: text,
    raw: null,
    look: "text",
    cut: claim.cut,
  };
  const words = page.words.claims;
  switch (claim.kind) {
    case "null":
      return { ...plain, value: page.say(words.empty), look: "empty" };
    case "boolean":
      return { ...plain, value: page.say(text === "true" ? words.yes : words.no) };
    case "number":
    case "text": {
      if (text === "") return { ...plain, value: page.say(words.empty), look: "empty" };
      const said = claim.cut ? null : inWords(claim.name, text, page);
      return said === null || said === text ? plain : { ...plain, value: said, raw: text };
    }
    case "list":
    case "object": {
      const said = claim.cut ? null : structure(claim.name, claim.text, page);
      if (said === "") return { ...plain, value: page.say(words.empty), look: "empty" };
      return said === null ? { ...plain, look: "code" } : { ...plain, ...said };
    }
  }
}

/** Dates and languages in words; null for everything else. */
function inWords(name: string, text: string, page: Page): string | null {
  if (moments.has(name)) {
    const at = /^\d{1,12}(\.\d+)?$/.test(text) ? Number(text) * 1000 : parse(text);
    return at === null ? null : moment(at, page.now, page.language);
  }
  if (name === "birthdate") return birthday(text, page);
  return name === "locale" ? languageName(text.replaceAll("_", "-"), page.language) : null;
}

/** OpenID Connect Core 1.0, section 5.1: YYYY-MM-DD, the year 0000 when it is left out. */
function birthday(text: string, page: Page): string | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (!year || !month || !day) return null;
  const at = new Date(2000, Number(month) - 1, Number(day));
  if (year !== "0000") at.setFullYear(Number(year));
  if (at.getDate() !== Number(day)) return null;
  return date(at.getTime(), page.language, year !== "0000");
}

/** A list of plain values as a list, everything else as indented JSON; null when it is none. */
function structure(name: string, json: string, page: Page): Pick<Row, "value" | "look" | "raw"> | "" | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const items = Object.values(value);
  if (items.length === 0) return "";
  if (Array.isArray(value) && items.every((item) => typeof item === "string" || typeof item === "number")) {
    const known = page.words.claims.amr;
    const said = items.map((item) => {
      const text = line(String(item), 200);
      return name === "amr" && Object.hasOwn(known, text) ? page.say(known[text as keyof typeof known]) : text;
    });
    const list = new Intl.ListFormat(page.language.locale, { type: "unit" }).format(said);
    return { value: list, look: "text", raw: name === "amr" ? line(json, longest) : null };
  }
  return { value: JSON.stringify(value, null, 2), look: "code", raw: null };
}

function holds(row: Row, query: string): boolean {
  const wanted = folded(query.trim());
  return [row.label, row.name, row.value, row.raw ?? ""].some((text) => folded(text).includes(wanted));
}

/** Without case and accents. */
function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
