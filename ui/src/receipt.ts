// What a sign-out reached, in three rows: this computer, the provider, its session in the browser.
import type { Step } from "./bindings/Step";
import type { View } from "./bindings/View";
import type { Message } from "./messages/catalogue";
import type { Page } from "./page.svelte";

export interface Row {
  readonly step: Step;
  readonly name: string;
  readonly state: string;
  readonly note: string | null;
}

/** A step that is still under way after this long needs a word; before that it would only flicker. */
export const patience = 1000;

/** The rows; none when nobody has just signed out. */
export function rows(view: Extract<View, { kind: "signed-out" }>, page: Page): Row[] {
  const { receipt } = view;
  if (view.why !== "by-user" || !receipt) return [];
  const { device, tokens, session, notes } = page.words.receipt;
  const row = (part: typeof device, step: Step, note?: Message): Row => {
    const due = step !== "pending" || page.now - page.since >= patience;
    return { step, name: page.say(part.name), state: page.say(part[step]), note: note && due ? page.say(note) : null };
  };
  const deviceNotes: Partial<Record<Step, Message>> = { pending: notes.devicePending, failed: notes.deviceFailed };
  return [
    row(device, receipt.device, deviceNotes[receipt.device]),
    row(tokens, receipt.tokens, receipt.tokens === "failed" ? notes.tokensFailed : undefined),
    row(session, receipt.provider_session),
  ];
}

/** The rows that need to be heard without being looked for. */
export function troubles(view: Extract<View, { kind: "signed-out" }>, page: Page): string[] {
  return rows(view, page)
    .filter((row) => row.note !== null || row.step === "failed")
    .map(({ name, state, note }) => page.say(page.words.said.row, { name, state }) + (note ? ` ${note}` : ""));
}
