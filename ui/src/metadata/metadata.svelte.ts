// The details a person can edit: what is there, what they changed, what somebody else changed meanwhile. Changes are handed to the
// shell as they are made, which keeps them over a restart; they are sent to nobody before the person saves.
import type { Conflict } from "../bindings/Conflict";
import type { Content } from "../bindings/Content";
import type { KnownField } from "../bindings/KnownField";
import type { Shown } from "../bindings/Shown";
import type { Trouble } from "../bindings/Trouble";
import type { Bridge } from "../bridge";
import { by, none, set, where, without, type Values } from "./maps";
import { base } from "./rows";
import { asTrouble } from "./troubles";
import { valueOf, type Mistake, type Value } from "./values";

/** How long after a change it is handed to the shell, in milliseconds. */
const rest = 400;

export type Side = "mine" | "theirs";

/** All of it; a change is a new one. */
export interface State {
  /** What is under way. */
  readonly busy: "load" | "save" | null;
  /** The shell has answered once. */
  readonly asked: boolean;
  readonly known: readonly KnownField[];
  /** Null: they could not be read. */
  readonly fields: Values<Shown> | null;
  /** How many more there are. */
  readonly leftOut: number;
  /** What the changes of an earlier run were made on. */
  readonly bases: Values<Shown | undefined>;
  /** What the person changed. */
  readonly edits: Values<Value>;
  /** What is typed and is no value. */
  readonly mistakes: Values<Mistake>;
  /** When the changes of an earlier run were made, RFC 3339; null: there were none. */
  readonly restored: string | null;
  readonly conflicts: readonly Conflict[];
  /** What the person chose so far, by field. */
  readonly choices: Values<Side>;
  readonly trouble: Trouble | null;
  /** Everything is saved, and was not a moment ago. */
  readonly saved: boolean;
  /** The shell could not keep the changes. */
  readonly unkept: boolean;
}

const settled = {
  mistakes: none<Mistake>(),
  trouble: null,
  conflicts: [],
  choices: none<Side>(),
  restored: null,
  unkept: false,
};
const nothing: State = {
  ...settled,
  busy: null,
  asked: false,
  known: [],
  fields: null,
  leftOut: 0,
  bases: none(),
  edits: none(),
  saved: false,
};

export class Metadata {
  now = $state.raw(nothing);
  private of: string | null = null;
  private asks = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly bridge: Bridge) {}

  /** Somebody is signed in: their details are asked for, once. */
  begin(person: string): void {
    if (this.of === person) return;
    this.forget();
    this.of = person;
    void this.load();
  }

  /** Nobody is signed in any more, or somebody else. The shell has the changes. */
  forget(): void {
    this.flush();
    this.asks++;
    this.of = null;
    this.now = nothing;
  }

  get unsaved(): boolean {
    return this.now.edits.size > 0 || this.now.mistakes.size > 0;
  }

  /** Whether there is a field of this name, or is to be one. */
  has(name: string): boolean {
    const { edits, fields, known } = this.now;
    return edits.has(name) || fields?.has(name) === true || known.some((field) => field.name === name);
  }

  /** Asks anew. Changes of an earlier run come back with the first answer. */
  load(): Promise<void> {
    return this.work("load", async (current) => {
      const answer = await this.bridge.metadata();
      if (!current()) return;
      this.put({ known: answer?.known ?? [], trouble: answer?.content.trouble ?? null });
      if (answer) this.show(answer.content, !this.now.asked);
      this.put({ asked: true });
    });
  }

  /** Gives a field a value; null takes it out. */
  set(name: string, value: Value): void {
    const { edits } = this.now;
    this.edited(name, this.there(name) === value ? without(edits, name) : set(edits, name, value));
  }

  /** What is typed is no value: it is neither kept nor saved. */
  wrong(name: string, mistake: Mistake): void {
    this.put({ mistakes: set(this.now.mistakes, name, mistake), saved: false });
  }

  /** Takes a change back. */
  undo(name: string): void {
    this.edited(name, without(this.now.edits, name));
  }

  /** Takes all changes back. */
  async discard(): Promise<void> {
    clearTimeout(this.timer);
    this.put({ ...settled, edits: none() });
    await this.bridge.discardDraft().catch(() => this.put({ unkept: true }));
  }

  /** Sends the changes. `over`: fields for which the person wants theirs although somebody else changed them, too. */
  async save(over: string[] = []): Promise<void> {
    const sent = this.now.edits;
    if (sent.size === 0 || this.now.mistakes.size > 0 || this.now.conflicts.length > 0) return;
    await this.work("save", async (current) => {
      clearTimeout(this.timer);
      this.put({ trouble: null });
      const outcome = await this.bridge.saveMetadata(this.changes(), over);
      if (!current()) return;
      if (outcome.kind === "saved") {
        // What was typed meanwhile is still to be saved.
        const edits = where(this.now.edits, (name, value) => !sent.has(name) || sent.get(name) !== value);
        this.put({ edits, restored: null, unkept: false, saved: edits.size === 0 });
      }
      this.show(outcome.content, false);
      if (outcome.kind === "conflict") this.put({ conflicts: outcome.conflicts, choices: none() });
    });
  }

  choose(name: string, side: Side): void {
    this.put({ choices: set(this.now.choices, name, side) });
  }

  /** All conflicts are decided: what is somebody else's stays, the rest is saved. */
  async decide(): Promise<void> {
    const { conflicts, choices, edits, busy } = this.now;
    if (busy !== null || conflicts.some(({ name }) => !choices.has(name))) return;
    const of = (side: Side) => conflicts.map(({ name }) => name).filter((name) => choices.get(name) === side);
    const left = without(edits, ...of("theirs"));
    this.put({ edits: left, conflicts: [], choices: none() });
    await (left.size > 0 ? this.save(of("mine")) : this.discard());
  }

  /** Hands what is not handed over yet to the shell now. */
  flush(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const asks = this.asks;
    const told = (unkept: boolean) => asks === this.asks && this.put({ unkept });
    void this.bridge.keepDraft(this.changes()).then(
      () => told(false),
      () => told(true),
    );
  }

  private put(change: Partial<State>): void {
    this.now = { ...this.now, ...change };
  }

  /** One thing at a time; what comes too late changes nothing. */
  private async work(busy: State["busy"], task: (current: () => boolean) => Promise<void>): Promise<void> {
    if (this.now.busy !== null) return;
    const asks = ++this.asks;
    const current = () => asks === this.asks;
    this.put({ busy });
    const trouble = await task(current).then(() => null, asTrouble);
    if (current()) this.put(trouble ? { busy: null, trouble } : { busy: null });
  }

  private edited(name: string, edits: Values<Value>): void {
    const { trouble, restored, mistakes } = this.now;
    const fields = trouble?.fields?.filter((field) => field.name !== name);
    this.put({
      edits,
      mistakes: without(mistakes, name),
      saved: false,
      restored: edits.size > 0 ? restored : null,
      trouble: trouble && fields ? (fields.length > 0 ? { ...trouble, fields } : null) : trouble,
    });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), rest);
  }

  /** The data as the shell tells it. The first draft is taken over; later ones are this page's own. */
  private show({ fields, left_out: leftOut = 0, draft }: Content, first: boolean): void {
    const kept = draft?.edits ?? [];
    this.put({
      fields: fields ? by(fields, (field) => field) : null,
      leftOut,
      bases: by(kept, ({ base }) => base),
    });
    if (first && draft && this.now.edits.size === 0) {
      this.put({ edits: by(kept, ({ value }) => value), restored: draft.at });
    } else {
      // What somebody else changed to the same is no change any more.
      this.put({ edits: where(this.now.edits, (name, value) => this.there(name) !== value) });
    }
    const { edits } = this.now;
    this.put({ conflicts: (draft?.conflicts ?? []).filter(({ name }) => edits.has(name)), choices: none() });
  }

  private there(name: string): Value | undefined {
    return valueOf(base(name, this.now));
  }

  private changes(): { name: string; value: Value }[] {
    return [...this.now.edits].map(([name, value]) => ({ name, value }));
  }
}
