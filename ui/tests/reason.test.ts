// A sign-out says what it reached, and never more.
import { describe, expect, it } from "vitest";
import type { Receipt } from "../src/bindings/Receipt";
import { en } from "../src/messages/en";
import type { Page } from "../src/page.svelte";
import { reason } from "../src/reason";

const page = { words: en, say: (text: string) => text } as unknown as Page;
const done: Receipt = { device: "done", tokens: "done", provider_session: "done" };

function said(receipt: Receipt): string {
  return reason({ kind: "signed-out", why: "by-user", receipt }, page);
}

describe("the reason of a sign-out", () => {
  it("adds nothing when everybody was told", () => {
    expect(said(done)).toBe(en.whys["by-user"].sentence);
  });

  it("says first that this device kept the session", () => {
    expect(said({ device: "failed", tokens: "failed", provider_session: "done" })).toContain(en.signIn.receiptKept);
  });

  it("says that the provider could not be told", () => {
    expect(said({ ...done, tokens: "failed" })).toContain(en.signIn.receiptFailed);
    expect(said({ ...done, provider_session: "failed" })).toContain(en.signIn.receiptFailed);
  });

  it("says that the provider is being told", () => {
    expect(said({ ...done, provider_session: "pending" })).toContain(en.signIn.receiptPending);
  });
});
