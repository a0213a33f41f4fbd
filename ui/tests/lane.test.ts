// The sign-in lane: what helps when the browser does not come back, another device, another person.
import { cleanup, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, expect, it } from "vitest";
import App from "../src/App.svelte";
import { repairs } from "../src/bridge/lane";
import { problem, samples } from "../src/bridge/samples";
import { FakeBridge, pageOf } from "./fake";

const all = samples(Date.now());
const button = (name: string) => screen.getByRole("button", { name });
const status = () => document.querySelector("p.unseen[role=status]")?.textContent ?? "";
const field = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Address from the browser" });

async function open(name: string): Promise<FakeBridge> {
  const bridge = new FakeBridge(all[name]!);
  render(App, { page: pageOf(bridge) });
  await waitFor(() => expect(document.body.dataset["state"]).toBe("signing-in"));
  bridge.asked = [];
  return bridge;
}

async function trouble(name: string): Promise<FakeBridge> {
  const bridge = await open(name);
  await userEvent.click(button("Having trouble?"));
  return bridge;
}

async function passesAxe(): Promise<void> {
  const { violations } = await axe.run(document, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
}

const asked = (bridge: FakeBridge) => bridge.asked.filter((it) => !/^painted|^appInfo/.test(it));

afterEach(cleanup);

it.each([
  [
    "signing-in",
    [
      "Copy the link for another browser",
      "Come back another way",
      "Paste the address from the browser",
      "Sign in on another device",
    ],
  ],
  [
    "signing-in-loopback",
    ["Copy the link for another browser", "Come back another way", "Paste the address from the browser"],
  ],
  ["signing-in-not-registered", ["Copy the link for another browser", "Paste the address from the browser"]],
])("%s: all other ways are behind one button, and only those there are", async (name, ways) => {
  await trouble(name);
  expect(button("Having trouble?").getAttribute("aria-expanded")).toBe("true");
  expect(screen.getAllByRole("listitem").map((row) => row.textContent?.trim())).toEqual(ways);
  await passesAxe();
});

it.each([
  ["signing-in", "Copy the link for another browser", "copyLink"],
  ["signing-in", "Come back another way", "switchWay loopback"],
  ["signing-in-loopback", "Come back another way", "switchWay deep-link"],
  ["signing-in", "Sign in on another device", "switchWay device"],
])("%s: “%s” asks for %s", async (name, way, command) => {
  const bridge = await trouble(name);
  await userEvent.click(button(way));
  expect(asked(bridge)).toEqual([command]);
});

it("a pasted address is handed over and not kept", async () => {
  const bridge = await trouble("signing-in");
  await userEvent.click(button("Paste the address from the browser"));
  await waitFor(() => expect(document.activeElement).toBe(field()));
  await passesAxe();
  await userEvent.type(field(), " app:/callback?code=one&state=two {Enter}");
  expect(asked(bridge)).toEqual(["pasteAddress app:/callback?code=one&state=two"]);
  expect(field().value).toBe("");
});

it("what is no address is answered kindly, at the field, and is gone as well", async () => {
  const bridge = await trouble("signing-in");
  await userEvent.click(button("Paste the address from the browser"));
  bridge.failWith = problem("paste-unusable", { stage: "callback", fault: "person", retryable: false });
  await userEvent.type(field(), "hello");
  await userEvent.click(button("Go on"));
  const said = await screen.findByRole("alert");
  expect(said.textContent).toBe(
    "That isn’t the address. Finish in the browser first, then copy all of the address it ends at.",
  );
  expect(field().value).toBe("");
  expect(field().getAttribute("aria-describedby")).toContain(said.id);
  expect(document.activeElement).toBe(field());
  await passesAxe();
});

it("nothing is asked for an empty field", async () => {
  const bridge = await trouble("signing-in");
  await userEvent.click(button("Paste the address from the browser"));
  await userEvent.click(button("Go on"));
  await userEvent.type(field(), "  {Enter}");
  expect(asked(bridge)).toEqual([]);
});

it("Escape leaves the field, and only then the sign-in", async () => {
  const bridge = await trouble("signing-in");
  await userEvent.click(button("Paste the address from the browser"));
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(button("Paste the address from the browser")));
  expect(asked(bridge)).toEqual([]);
  await userEvent.keyboard("{Escape}");
  expect(asked(bridge)).toEqual(["cancelSignIn"]);
});

it.each([
  ["usual", "Links reach Latchkey again, and the next sign-in uses them."],
  ["lost", "Links still don’t reach Latchkey. This sign-in goes on without them."],
])("links that were repaired: %s", async (name, sentence) => {
  const bridge = await open("signing-in-link-lost");
  expect(screen.getByText(/links don’t reach Latchkey/u)).toBeTruthy();
  expect(screen.getByText(/without the link/u).lang).toBe("en");
  bridge.repaired = repairs[name]!;
  await userEvent.click(button("Repair links"));
  expect(await screen.findByText(sentence)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Repair links" }) === null).toBe(name === "usual");
});

it("what goes on with another device moves there, with the code said aloud, letter by letter", async () => {
  const bridge = await open("signing-in");
  bridge.show(all["signing-in-device-preparing"]!);
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Getting a code"));
  bridge.show(all["signing-in-device"]!);
  const heading = await screen.findByRole("heading", { name: "Sign in on another device" });
  await waitFor(() => expect(document.activeElement).toBe(heading));
  expect(status()).toBe("Your code is W D J B - M J H T. 5 minutes left to sign in");
  expect(screen.getByText("WDJB-MJHT")).toBeTruthy();
  expect(screen.getByText("Enter it at id.acme.example and nowhere else.")).toBeTruthy();
  const picture = screen.getByRole("img", { name: "QR code with the address" });
  expect(picture.getAttribute("viewBox")).toBe("0 0 41 41");
});

it("a code without a picture stands alone, as the provider groups it", async () => {
  await open("signing-in-device-plain");
  expect(screen.queryByRole("img", { name: "QR code with the address" })).toBeNull();
  expect(screen.getByText("4719 0226 8135")).toBeTruthy();
  expect(screen.getByText("accounts.north.acme.example:8443", { selector: "strong" })).toBeTruthy();
});

it("it is said aloud that the time is nearly over", async () => {
  await open("signing-in-nearly-over");
  expect(status()).toBe("30 seconds left to sign in");
});

it("another person: both are named, and no key chooses", async () => {
  const bridge = await open("signing-in-choosing");
  expect(status()).toContain("You had Ada Park, and Benoît Okafor signed in now.");
  expect(screen.getByText("benoit@example.com")).toBeTruthy();
  expect(screen.getByText(/what Latchkey keeps for Ada Park is removed/u)).toBeTruthy();
  await userEvent.keyboard("{Enter}");
  expect(asked(bridge)).toEqual([]);
  await userEvent.keyboard("{Escape}");
  expect(asked(bridge)).toEqual(["cancelSignIn"]);
});

it("names of another person are one line of text", async () => {
  await open("signing-in-choosing-hostile");
  const name = [...document.querySelectorAll("bdi.name")].at(-1);
  expect(name?.textContent).toMatch(/^<b>Ada<\/b> gpj/u);
  expect(name?.textContent.length).toBeLessThanOrEqual(60);
});
