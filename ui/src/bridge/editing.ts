// Details to edit for the mock and the tests, by name: what a shell with an editor would answer.
import type { Change } from "../bindings/Change";
import type { Content } from "../bindings/Content";
import type { KnownField } from "../bindings/KnownField";
import type { Saved } from "../bindings/Saved";
import type { Shown } from "../bindings/Shown";
import type { Trouble } from "../bindings/Trouble";
import type { Bridge } from ".";

export const known: KnownField[] = [
  { name: "first_name", kind: "text", max_length: 40 },
  { name: "last_name", kind: "text" },
  { name: "country", kind: "country" },
  { name: "active", kind: "yes-no" },
  { name: "seats", kind: "number", label: "Seats" },
];

export const fields: Shown[] = [
  { name: "active", kind: "boolean", text: "true", value: true },
  { name: "country", kind: "text", text: "GB", value: "GB" },
  { name: "department", kind: "text", text: "Instruments", value: "Instruments" },
  { name: "first_name", kind: "text", text: "Ada", value: "Ada" },
  { name: "last_name", kind: "text", text: "Park", value: "Park" },
  { name: "newsletter", kind: "boolean", text: "false", value: false },
  { name: "plan", kind: "object", text: '{"name":"team","since":2024}' },
  { name: "seats", kind: "number", text: "3", value: 3 },
];

const field = (name: string): Shown | undefined => fields.find((field) => field.name === name);
const sweden: Shown = { name: "country", kind: "text", text: "SE", value: "SE" };

/** How the shell answers: what there is, and what becomes of a save. */
interface Answers {
  readonly content: Content;
  readonly trouble?: Trouble;
  readonly conflict?: boolean;
}

function answers(name: string, now: number): Answers {
  const at = (offset: number) => new Date(now + offset).toISOString();
  const usual: Content = { fields, version: '"v1"' };
  const conflicts = [{ name: "country", base: field("country")!, mine: "FR", theirs: sweden }];
  const draft = {
    at: at(-26 * 3600_000),
    edits: [
      { name: "country", base: field("country")!, value: "FR" },
      { name: "nickname", value: "Countess" },
    ],
    conflicts: [],
  };
  const offline: Trouble = { code: "offline" };
  switch (name) {
    case "empty":
      return { content: { fields: [] } };
    case "draft":
      return { content: { ...usual, draft } };
    case "offline-draft":
      return { content: { draft, trouble: offline } };
    case "conflict":
      return {
        content: {
          fields: fields.map((field) => (field.name === "country" ? sweden : field)),
          draft: { ...draft, conflicts },
        },
      };
    case "conflict-on-save":
      return { content: usual, conflict: true };
    case "offline":
      return { content: { ...usual, draft }, trouble: offline };
    case "busy":
      return { content: { ...usual, draft }, trouble: { code: "busy", retry_at: at(45_000) } };
    case "forbidden":
      return { content: { ...usual, draft }, trouble: { code: "forbidden", scope: "update:current_user_metadata" } };
    case "refused":
      return {
        content: { ...usual, draft },
        trouble: {
          code: "refused",
          detail: "not all of it can be taken",
          fields: [{ name: "first_name", message: "a first name is needed" }],
        },
      };
    default:
      return { content: usual };
  }
}

/** The four commands, for the sample of this name. */
export function editing(
  name: string,
  now: number,
): Pick<Bridge, "metadata" | "saveMetadata" | "keepDraft" | "discardDraft"> {
  const { content, trouble, conflict } = answers(name, now);
  let current = [...(content.fields ?? [])];
  const pause = () => new Promise((done) => setTimeout(done, 250));

  function apply(changes: Change[]): Saved {
    for (const { name, value } of changes) {
      current = current.filter((field) => field.name !== name);
      if (value === null) continue;
      const kind = typeof value === "string" ? "text" : typeof value === "number" ? "number" : "boolean";
      current.push({ name, kind, text: String(value), value });
    }
    return { kind: "saved", content: { fields: current } };
  }

  return {
    metadata: async () => {
      await pause();
      return name === "none" ? null : { known, content };
    },
    saveMetadata: async (changes, over) => {
      await pause();
      if (trouble) throw trouble;
      if (!conflict || over.length > 0) return apply(changes);
      const conflicts = changes.map(({ name, value }) => {
        const base = field(name);
        return { name, mine: value, theirs: sweden, ...(base ? { base } : {}) };
      });
      return { kind: "conflict", conflicts, content: { ...content, fields: current } };
    },
    keepDraft: () => Promise.resolve(),
    discardDraft: () => Promise.resolve(),
  };
}
