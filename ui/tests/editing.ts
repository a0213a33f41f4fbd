// A shell with an editor for tests: remembers what it was asked to keep and save, answers what it is told to.
import type { Change } from "../src/bindings/Change";
import type { Content } from "../src/bindings/Content";
import type { Conflict } from "../src/bindings/Conflict";
import type { Saved } from "../src/bindings/Saved";
import type { Trouble } from "../src/bindings/Trouble";
import { fields, known } from "../src/bridge/editing";
import { samples } from "../src/bridge/samples";
import { FakeBridge, info } from "./fake";

export type Sent = Record<string, Change["value"]>;

const asObject = (changes: Change[]): Sent => Object.fromEntries(changes.map(({ name, value }) => [name, value]));

export class EditingBridge extends FakeBridge {
  content: Content;
  /** What the next saves answer; after these they work. */
  answers: (Trouble | { conflicts: Conflict[]; content?: Content })[] = [];
  kept: Sent[] = [];
  saved: { changes: Sent; over: string[] }[] = [];
  discarded = 0;
  keeps = true;
  /** A save waits for this. */
  gate: Promise<void> = Promise.resolve();

  constructor(content: Content = { fields, version: '"v1"' }) {
    super(samples(Date.now())["signed-in"]);
    this.content = content;
    this.info = { ...info, editor: true };
  }

  override metadata = () => Promise.resolve({ known, content: this.content });

  override saveMetadata = async (changes: Change[], over: string[]): Promise<Saved> => {
    this.saved.push({ changes: asObject(changes), over });
    await this.gate;
    const answer = this.answers.shift();
    if (answer && "code" in answer) throw answer;
    if (answer) return { kind: "conflict", conflicts: answer.conflicts, content: answer.content ?? this.content };
    let now = this.content.fields ?? [];
    for (const { name, value } of changes) {
      now = now.filter((field) => field.name !== name);
      if (value === null) continue;
      const kind = typeof value === "string" ? "text" : typeof value === "number" ? "number" : "boolean";
      now = [...now, { name, kind, text: String(value), value }];
    }
    this.content = { fields: now, version: '"v2"' };
    return { kind: "saved", content: this.content };
  };

  override keepDraft = (changes: Change[]) => {
    this.kept.push(asObject(changes));
    return this.keeps ? Promise.resolve() : Promise.reject({ code: "draft-unwritable" });
  };

  override discardDraft = () => {
    this.discarded++;
    return Promise.resolve();
  };
}
