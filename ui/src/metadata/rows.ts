// The rows of the editor: the fields the configuration knows, in its order, then whatever else there is.
import type { KnownField } from "../bindings/KnownField";
import type { Shown } from "../bindings/Shown";
import { label } from "../claims";
import { line } from "../clean";
import type { Page } from "../page.svelte";
import type { State } from "./metadata.svelte";
import { fits, kindOf, valueOf, type Kind, type Value } from "./values";

export interface Row {
  readonly name: string;
  /** What the configuration calls it; null: it does not say. */
  readonly label: string | null;
  /** How it is edited; null: it can only be looked at. */
  readonly kind: Kind | null;
  readonly known: boolean;
  /** What it is now, with what the person changed. */
  readonly value: Value;
  readonly changed: boolean;
  /** It was there, and the person took it out. */
  readonly removed: boolean;
  /** As text, where it can only be looked at. */
  readonly text: string;
  /** The longest text; null: no limit of the configuration's. */
  readonly longest: number | null;
}

type Content = Pick<State, "known" | "fields" | "edits" | "bases">;

export function rows(content: Content): Row[] {
  const { fields, edits } = content;
  const named = new Set(content.known.map((field) => field.name));
  const known = content.known.filter((field) => fields !== null || edits.has(field.name));
  const others = [...new Set([...(fields?.keys() ?? []), ...edits.keys()])].filter((name) => !named.has(name));
  return [...known.map((field) => row(field.name, content, field)), ...others.map((name) => row(name, content, null))];
}

function row(name: string, content: Content, field: KnownField | null): Row {
  const shown = base(name, content);
  const there = valueOf(shown);
  const changed = content.edits.has(name);
  const value = changed ? (content.edits.get(name) ?? null) : (there ?? null);
  const removed = changed && value === null;
  // A value of another kind than the configuration expects is edited as what it is.
  const own = there === undefined ? null : kindOf(removed ? there : value);
  const kind = field && fits(field.kind, value) ? field.kind : own;
  return {
    name,
    label: field?.label === undefined ? null : line(field.label, 60),
    kind: there === undefined && !changed ? null : (kind ?? kindOf(value)),
    known: field !== null,
    value,
    changed,
    removed: removed && shown !== undefined,
    text: shown?.text ?? "",
    longest: field?.max_length ?? null,
  };
}

/** Names that others than the providers use. */
const alias: Readonly<Record<string, string>> = {
  first_name: "given_name",
  last_name: "family_name",
  phone: "phone_number",
};

/** What people call a field that the configuration gives no label. */
export const called = (name: string, page: Page): string =>
  label(Object.hasOwn(alias, name) ? (alias[name] as string) : name, page);

/** What a change is made on: what is there, or was there when it was last seen. */
export function base(name: string, { fields, bases }: Pick<State, "fields" | "bases">): Shown | undefined {
  return fields === null ? bases.get(name) : fields.get(name);
}
