// Values of the details a person can edit, and what may be typed. Pure.
import type { KnownField } from "../bindings/KnownField";
import type { Shown } from "../bindings/Shown";

/** Null: there is none, or it is removed. */
export type Value = string | number | boolean | null;
export type Kind = KnownField["kind"];

/** Beyond this a page's numbers cannot tell one whole number from the next. */
const exact = Number.MAX_SAFE_INTEGER;
/** What the shell takes. */
export const longestText = 10_000;
const longestName = 100;

/** Why something typed is not a value: the name of a text in the catalogue. */
export type Mistake = "number" | "known" | "name";

/** The value of a field, where a person can edit it; undefined: it can only be looked at. */
export function valueOf(shown: Shown | undefined): Value | undefined {
  if (shown === undefined || shown.kind === "null") return null;
  return shown.value;
}

/** How a value is edited that no configuration names. */
export function kindOf(value: Value): Kind {
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "yes-no" : "text";
}

/** Whether an input of this kind can show the value as it is. */
export function fits(kind: Kind, value: Value): boolean {
  switch (kind) {
    case "number":
      return value === null || typeof value === "number";
    case "yes-no":
      return value === null || typeof value === "boolean";
    case "country":
      return value === null || (typeof value === "string" && /^[A-Z]{2}$/.test(value));
    case "text":
      return value === null || typeof value === "string";
  }
}

/** What a number field holds: a number, nothing, or a mistake. */
export function number(text: string, bad: boolean): number | null | Mistake {
  if (bad) return "number";
  if (text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) && Math.abs(value) <= exact ? value : "number";
}

/** What is wrong with the name of a new field; null: nothing. */
export function nameMistake(name: string, taken: (name: string) => boolean): Mistake | null {
  const plain = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+( [\p{L}\p{M}\p{N}\p{P}\p{S}]+)*$/u;
  if (Array.from(name).length > longestName || !plain.test(name) || name === "__proto__") return "name";
  return taken(name) ? "known" : null;
}
