// What the provider says about the person: plain names, readable values, and hostile ones that look sane.
import { cleanup, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it } from "vitest";
import App from "../src/App.svelte";
import type { Claim } from "../src/bindings/Claim";
import { claimSamples } from "../src/bridge/claims";
import { samples } from "../src/bridge/samples";
import { groups, type Row } from "../src/claims";
import { FakeBridge, pageOf } from "./fake";

const all = samples(Date.now());
const button = (name: string) => screen.getByRole("button", { name });
const claim = (name: string, kind: Claim["kind"], text: string, cut = false): Claim => ({ name, kind, text, cut });

function rows(claims: readonly Claim[], query = ""): Row[] {
  const page = pageOf(new FakeBridge());
  page.now = new Date(2026, 10, 20, 21, 0, 0).getTime();
  return groups(claims, query, page).flatMap((group) => group.rows);
}
const value = (...it: Parameters<typeof claim>) => rows([claim(...it)])[0]?.value;

afterEach(cleanup);

async function open(name: string): Promise<FakeBridge> {
  const bridge = new FakeBridge(all["signed-in"]!);
  bridge.known = claimSamples[name]!;
  render(App, { page: pageOf(bridge) });
  await waitFor(() => expect(document.body.dataset["state"]).toBe("signed-in"));
  await userEvent.click(button("Your details"));
  bridge.asked = [];
  return bridge;
}

describe("a value", () => {
  const seconds = String(new Date(2026, 10, 20, 9, 12, 0).getTime() / 1000);
  it.each<[Parameters<typeof claim>, string]>([
    [["auth_time", "number", seconds], "Today, 09:12"],
    [["updated_at", "text", "soon"], "soon"],
    [["birthdate", "text", "1990-05-02"], "May 2, 1990"],
    [["birthdate", "text", "0000-05-02"], "May 2"],
    [["birthdate", "text", "1990-02-31"], "1990-02-31"],
    [["birthdate", "text", "1990"], "1990"],
    [["locale", "text", "en-GB"], "British English"],
    [["locale", "text", "../../etc"], "../../etc"],
    [["email_verified", "boolean", "true"], "Yes"],
    [["email_verified", "boolean", "false"], "No"],
    [["manager", "null", "null"], "Empty"],
    [["nickname", "text", ""], "Empty"],
    [["groups", "list", "[]"], "Empty"],
    [["address", "object", "{}"], "Empty"],
    [["groups", "list", '["a","b, c",3]'], "a, b, c, 3"],
    [["amr", "list", '["pwd","otp","new"]'], "Password, One-time code, new"],
    [["seats", "number", "1767225600"], "1767225600"],
    [["deep", "object", '{"a":[1]}'], '{\n  "a": [\n    1\n  ]\n}'],
    [["broken", "list", '["x'], '["x'],
    [["name", "text", "\u202egpj.kraP\u0000 <b>"], "gpj.kraP <b>"],
    [["updated_at", "number", "99999999999999999999"], "99999999999999999999"],
  ])("%o", (given, wanted) => expect(value(...given)).toBe(wanted));

  it("is bounded", () => {
    expect(Array.from(value("long", "text", "x".repeat(10_000)) ?? "").length).toBeLessThanOrEqual(2000);
  });
});

it("known claims have plain names, in a sensible order; others their own", () => {
  const names = groups(claimSamples["usual"]!, "", pageOf(new FakeBridge())).map((group) => [
    group.name,
    group.rows.slice(0, 3).map((row) => row.label),
  ]);
  expect(names).toEqual([
    ["You", ["Name", "First name", "Last name"]],
    ["This sign-in", ["Your identifier", "Issued by", "Issued for"]],
    ["More from your provider", ["https://acme.example/plan", "manager", "newsletter"]],
  ]);
});

it.each([
  ["E-MAIL", ["E-mail", "E-mail verified"]],
  ["given_name", ["First name"]],
  ["british", ["Language"]],
  ["en-gb", ["Language"]],
  ["öne-tîme", ["How you proved it"]],
  ["nothing like it", []],
])("“%s” is found in names and values, whatever case and accents", (query, wanted) => {
  expect(rows(claimSamples["usual"]!, query).map((row) => row.label)).toEqual(wanted);
});

it.each(["none", "usual", "hostile"])("%s: passes axe, has one heading, and the focus on it", async (name) => {
  await open(name);
  await waitFor(() =>
    expect(document.activeElement).toBe(screen.getByRole("heading", { level: 1, name: "Your details" })),
  );
  await waitFor(() =>
    expect(screen.queryByRole("table") ?? screen.getByText("Acme says nothing about you.")).toBeTruthy(),
  );
  const result = await axe.run(document, { rules: { "color-contrast": { enabled: false } } });
  expect(result.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
  expect(document.querySelectorAll("[style], td b, td img")).toHaveLength(0);
});

it("hostile values are text, one row each", async () => {
  await open("hostile");
  const table = await screen.findByRole("table");
  expect(within(table).getAllByRole("row").length).toBeGreaterThan(claimSamples["hostile"]!.length);
  expect(within(table).getByText("<b>Ada</b> <img src=x onerror=alert(1)>")).toBeTruthy();
  expect(within(table).getByText("[object Object]")).toBeTruthy();
  expect(table.textContent).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
});

it("a long value is folded until it is asked for", async () => {
  await open("hostile");
  const [more] = await screen.findAllByRole("button", { name: "Show all" });
  expect(more!.getAttribute("aria-expanded")).toBe("false");
  await userEvent.click(more!);
  expect(more!.getAttribute("aria-expanded")).toBe("true");
  expect(more!.textContent?.trim()).toBe("Show less");
});

it("searches, and says how many are found", async () => {
  await open("usual");
  await userEvent.type(await screen.findByRole("searchbox", { name: "Search your details" }), "mail");
  expect(screen.getAllByRole("status").map((it) => it.textContent?.trim())).toContain("2 found");
  await userEvent.type(screen.getByRole("searchbox"), "xyz");
  expect(screen.getAllByText("Nothing found")).toHaveLength(1);
  expect(screen.queryByRole("table")).toBeNull();
});

it("says how many are not there", async () => {
  const bridge = await open("usual");
  await screen.findByRole("table");
  expect(screen.queryByText(/not shown here/)).toBeNull();
  for (const [leftOut, text] of [
    [1, "One more is not shown here. “Copy all” copies everything."],
    [27, "27 more are not shown here. “Copy all” copies everything."],
  ] as const) {
    bridge.leftOut = leftOut;
    bridge.show(all["signed-in-refreshing"]!);
    expect(await screen.findByText(text)).toBeTruthy();
  }
});

it("copies by name alone, and says so", async () => {
  const bridge = await open("usual");
  await userEvent.click(await screen.findByRole("button", { name: "Copy E-mail" }));
  await userEvent.click(button("Copy all"));
  // The first frame may have been told meanwhile.
  const asked = bridge.asked.filter((it) => !it.startsWith("painted"));
  expect(asked).toEqual(["copyClaim email", "copyClaims"]);
  await waitFor(() => expect(screen.getAllByRole("status")[0]?.textContent).toBe("Your details are copied."));
});

it("a shell that doesn't answer is said, and what is known stays", async () => {
  const bridge = new FakeBridge(all["signed-in"]!);
  bridge.claims = () => Promise.reject(new Error("gone"));
  render(App, { page: pageOf(bridge) });
  await userEvent.click(await screen.findByRole("button", { name: "Your details" }));
  expect(await screen.findByText("Your details can’t be shown right now.")).toBeTruthy();
});

it("they are forgotten when nobody is signed in, and asked again with every view", async () => {
  const bridge = await open("usual");
  await screen.findByRole("table");
  bridge.known = [claim("name", "text", "Ada Lind")];
  bridge.show(all["signed-in-refreshing"]!);
  expect(await screen.findByText("Ada Lind")).toBeTruthy();
  bridge.show(all["signed-out-ended"]!);
  await waitFor(() => expect(button("Sign in with Acme")).toBeTruthy());
  expect(document.body.textContent).not.toContain("Ada");
});
