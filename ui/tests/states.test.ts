// Every state of the window, rendered whole: what must be on it, and nothing an accessibility checker objects to.
import { cleanup, render, screen, waitFor } from "@testing-library/svelte";
import axe from "axe-core";
import { afterEach, describe, expect, it } from "vitest";
import App from "../src/App.svelte";
import type { View } from "../src/bindings/View";
import { problem, samples } from "../src/bridge/samples";
import { FakeBridge, pageOf } from "./fake";

const all = samples(Date.now());

async function open(view: View, bridge = new FakeBridge(view)): Promise<FakeBridge> {
  render(App, { page: pageOf(bridge) });
  await waitFor(() => expect(bridge.asked).toContain("appInfo"));
  await waitFor(() => expect(document.body.dataset["state"]).toBe(view.kind));
  await screen.findByRole("heading", { level: 1 });
  return bridge;
}

const about = "About Latchkey";
const another = "Use another account";
const buttons = () =>
  screen.queryAllByRole("button").map((button) => button.getAttribute("aria-label") ?? button.textContent?.trim());

afterEach(cleanup);

describe.each(Object.keys(all))("%s", (name) => {
  it("passes axe", async () => {
    await open(all[name]!);
    const result = await axe.run(document, { rules: { "color-contrast": { enabled: false } } });
    expect(result.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
  });

  it("has one heading and a place for the focus, unless there is nothing to do", async () => {
    await open(all[name]!);
    expect(screen.getAllByRole("heading", { level: 1 })).toHaveLength(1);
    if (name === "restoring") return;
    await waitFor(() => expect(document.activeElement).toBe(document.querySelector("[data-focus]")));
  });

  it("has no style attributes", async () => {
    await open(all[name]!);
    expect(document.querySelectorAll("[style]")).toHaveLength(0);
  });
});

it.each([
  ["unconfigured", ["Continue", "Write the configuration file instead", about]],
  ["unconfigured-settings", ["Continue", "Write the configuration file instead", "Details", about]],
  ["restoring", []],
  ["signed-out", ["Sign in with Acme", about]],
  ["signed-out-by-user", ["Sign in with Acme", another, about]],
  ["signed-out-ended", ["Sign in with Acme", another, about]],
  ["attempt-cancelled", ["Sign in with Acme", another, about]],
  ["attempt-another-account", ["Sign in with Acme", another, about]],
  ["attempt-timed-out", ["Sign in with Acme", about]],
  ["attempt-clock", ["Sign in with Acme", "Details", about]],
  ["attempt-clock-slow", ["Sign in with Acme", "Details", about]],
  ["stale-clock-fast", ["Try again", "Details", "Your details", "What happened?", "Sign out", about]],
  ["signing-in", ["Open the browser again", "Having trouble?", "Cancel", about]],
  ["signing-in-preparing", ["Cancel", about]],
  ["signing-in-finishing", ["Cancel", about]],
  ["signing-in-not-registered", ["Repair links", "Open the browser again", "Having trouble?", "Cancel", about]],
  ["signing-in-device-preparing", ["Cancel", about]],
  ["signing-in-device", ["Copy code", "Use the browser here instead", "Cancel", about]],
  ["signing-in-choosing", ["Continue as Benoît Okafor", "Cancel", about]],
  ["signing-in-stray", ["Open the browser again", "Having trouble?", "Cancel", about]],
  ["signed-in", ["Your details", "What happened?", "Sign out", about]],
  ["stale-offline", ["Try again", "Details", "Your details", "What happened?", "Sign out", about]],
  ["stale-sign-in", ["Sign in again", "Details", "Your details", "What happened?", "Sign out", about]],
  ["stale-settings", ["Sign in again", "Details", "Your details", "What happened?", "Sign out", about]],
  ["stale-scope", ["Sign in again", "Details", "Your details", "What happened?", "Sign out", about]],
  ["signed-in-unsaved", ["Try again", "Details", "Your details", "What happened?", "Sign out", about]],
  ["blocked-locked", ["Try again", "Use for this run only", "Details", about]],
  ["blocked-full", ["Use for this run only", "Try again", "Details", about]],
  ["blocked-configuration", ["Open folder", "Try again", "Copy details", about]],
])("%s: its buttons", async (name, wanted) => {
  await open(all[name]!);
  const visible = screen
    .queryAllByRole("button")
    .filter((button) => !(button as HTMLButtonElement).disabled && !button.closest("[hidden]"))
    .map((button) => button.getAttribute("aria-label") ?? button.textContent?.trim());
  expect(visible).toEqual(wanted);
});

it.each([
  ["attempt-clock-slow", "It’s 14 minutes slow: set it right, then try again."],
  ["stale-clock-fast", "It’s 2 hours fast: set it right, then try again."],
  ["attempt-clock", "The times here and at Acme differ too much: set this computer’s clock, then try again."],
])("%s: by how much the clock is wrong, where that is known", async (name, wanted) => {
  await open(all[name]!);
  expect(screen.getByText(wanted)).toBeTruthy();
});

it("signed in: name, address, provider, place", async () => {
  await open(all["signed-in"]!);
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Ada Park");
  expect(screen.getByText("ada@example.com")).toBeTruthy();
  expect(screen.getByRole("img", { name: "Verified" })).toBeTruthy();
  expect(screen.getByText("Acme")).toBeTruthy();
  expect(screen.getByText("GNOME Keyring")).toBeTruthy();
});

it("signed out: what it reached, row by row", async () => {
  await open(all["signed-out-by-user"]!);
  const rows = screen.getAllByRole("listitem").map((row) => row.textContent?.trim().replace(/\s+/g, " "));
  expect(rows).toEqual(["This computer Session removed", "Acme Access ended", "Your browser May still be signed in"]);
});

it("an attempt that failed after a sign-out is the news, not the receipt", async () => {
  await open({ ...all["signed-out-by-user"]!, last_attempt: problem("denied") } as View);
  expect(screen.queryAllByRole("listitem")).toHaveLength(0);
});

it.each([
  [
    "signed-in-unsaved",
    "GNOME Keyring is locked. Your session is saved as soon as it opens; until then it ends when you quit Latchkey.",
  ],
  ["stale-unsaved", "Saved as soon as GNOME Keyring opens."],
  [
    "signed-in-this-run",
    "Your session is kept in GNOME Keyring as soon as that opens; until then it ends when you quit Latchkey.",
  ],
])("%s says when it will be kept", async (name, text) => {
  await open(all[name]!);
  expect(screen.getByText(text)).toBeTruthy();
});

it("a hostile name is text", async () => {
  await open(all["signed-in-hostile"]!);
  const heading = screen.getByRole("heading", { level: 1 });
  expect(heading.textContent).toMatch(/^<b>Ada<\/b> gpj\.kraP /u);
  expect(heading.children).toHaveLength(0);
  expect(heading.getAttribute("dir")).toBe("auto");
});

it("a provider without a name: plain words", async () => {
  const bridge = new FakeBridge(all["signed-out-ended"]!);
  delete bridge.info.provider;
  await open(all["signed-out-ended"]!, bridge);
  expect(buttons()).toEqual(["Sign in", another, about]);
  expect(screen.getByRole("heading", { name: "Your provider ended your session" })).toBeTruthy();
});

it("a blocked configuration shows file, line and key without a press", async () => {
  await open(all["blocked-configuration"]!);
  expect(screen.getByText(/\.toml:4: provider\.isuer/u).closest("[hidden]")).toBeNull();
});

it("a code this page doesn't know reads as an inner fault, with its details", async () => {
  const view = {
    kind: "blocked",
    problem: { code: "brand-new", stage: "store", fault: "us", retryable: false },
  } as never;
  await open(view);
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Something went wrong");
  expect(screen.getByText(/brand-new/u)).toBeTruthy();
});

it.each([
  ["signed-out-stray", "That link is no longer good", "start again here"],
  ["signing-in-stray", "That link belongs to another sign-in", "This one still waits"],
  ["signed-in-stray", "That link is no longer good", "changed nothing"],
])("%s: says what became of the link, and says it aloud", async (name, title, sentence) => {
  await open(all[name]!);
  expect(screen.getByText(title, { selector: ".title" })).toBeDefined();
  expect(screen.getByText(new RegExp(sentence), { selector: ".text" })).toBeDefined();
  expect(screen.getByRole("status").textContent).toContain(title);
});
