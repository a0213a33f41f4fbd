// The health check in the page: asked for by the person, told in full, and copied as a report.
import { cleanup, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, expect, it } from "vitest";
import App from "../src/App.svelte";
import { reports } from "../src/bridge/reports";
import { problem } from "../src/bridge/samples";
import { Language } from "../src/messages";
import { english, FakeBridge, pageOf } from "./fake";

afterEach(cleanup);

const button = (name: string) => screen.getByRole("button", { name });

async function open(name: string, language = english): Promise<FakeBridge> {
  const bridge = new FakeBridge({ kind: "signed-out", why: "never" });
  bridge.report = reports[name]!;
  const page = pageOf(bridge, language);
  render(App, { page });
  await waitFor(() => expect(document.body.dataset["state"]).toBe("signed-out"));
  page.over.open("doctor");
  await screen.findByRole("region");
  return bridge;
}

it("is one press away from About, and Back leads to its button there", async () => {
  render(App, { page: pageOf(new FakeBridge({ kind: "signed-out", why: "never" })) });
  await userEvent.keyboard("{F1}");
  await userEvent.click(await screen.findByRole("button", { name: "Check the sign-in path" }));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("heading", { name: "Sign-in check" })));
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(button("Check the sign-in path")));
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(button("About Latchkey")));
});

it.each([
  ["usual", "Everything a sign-in depends on is in order."],
  ["worth", "Signing in works. Something is worth knowing."],
  ["broken", "Something is in the way of signing in."],
])("%s: says how it is altogether, and every finding with what to do", async (name, verdict) => {
  await open(name);
  await screen.findByText(verdict);
  const { findings } = reports[name]!;
  expect(screen.getAllByRole("listitem")).toHaveLength(findings.length);
  for (const [index, finding] of findings.entries()) {
    const row = within(screen.getAllByRole("listitem")[index]!);
    expect(row.getByText(finding.sentence)).toBeTruthy();
    if (finding.action) expect(row.getByText(finding.action)).toBeTruthy();
  }
});

it("is asked for once, and again when told to; what is copied is the report", async () => {
  const bridge = await open("usual");
  await userEvent.click(button("Check again"));
  await waitFor(() => expect(bridge.asked.filter((it) => it === "doctor")).toHaveLength(2));
  await userEvent.click(await screen.findByRole("button", { name: "Copy" }));
  expect(bridge.asked).toContain("copyDoctor");
  await waitFor(() =>
    expect(screen.getAllByRole("status").map((it) => it.textContent)).toContain("Copied the report."),
  );
});

it("says when it could not be made, and keeps what it found before", async () => {
  const bridge = await open("usual");
  bridge.failWith = problem("internal");
  await userEvent.click(button("Check again"));
  await waitFor(() => expect(screen.queryByText("Everything a sign-in depends on is in order.")).toBeNull());
  expect(screen.getAllByRole("listitem").length).toBeGreaterThan(5);
});

it("says in another language that what was found is in English, and marks it so", async () => {
  await open("worth", new Language("de"));
  expect(screen.getByText(/auf Englisch/u)).toBeTruthy();
  const found = screen.getByText("This computer's clock agrees with the provider's.");
  expect(found.lang).toBe("en");
  cleanup();
  await open("worth");
  expect(screen.queryByText(/in English/u)).toBeNull();
});

it.each(Object.keys(reports))("%s: passes axe", async (name) => {
  await open(name);
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(violations).toEqual([]);
});
