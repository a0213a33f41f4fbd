// The first run: an address, what answers there, a sign-in that is tried.
import { cleanup, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, expect, it } from "vitest";
import App from "../src/App.svelte";
import type { Code } from "../src/bindings/Code";
import { providers } from "../src/bridge/lane";
import { problem, samples } from "../src/bridge/samples";
import { FakeBridge, pageOf } from "./fake";

const all = samples(Date.now());
const button = (name: string) => screen.getByRole("button", { name });
const field = (name: string) => screen.getByRole<HTMLInputElement>("textbox", { name });
const asked = (bridge: FakeBridge) => bridge.asked.filter((it) => !/^painted|^appInfo/.test(it));

async function open(): Promise<FakeBridge> {
  const bridge = new FakeBridge(all["unconfigured"]!);
  delete bridge.info.provider;
  render(App, { page: pageOf(bridge) });
  await waitFor(() => expect(document.activeElement).toBe(field("Address of the provider")));
  bridge.asked = [];
  return bridge;
}

async function look(bridge: FakeBridge): Promise<void> {
  await userEvent.type(field("Address of the provider"), " id.acme.example {Enter}");
  expect(asked(bridge)).toEqual(["probeProvider id.acme.example"]);
  bridge.asked = [];
  await waitFor(() => expect(document.activeElement).toBe(field("Client ID")));
}

async function passesAxe(): Promise<void> {
  const { violations } = await axe.run(document, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
}

afterEach(cleanup);

it("asks for the address, looks, asks for the client ID, and tries a sign-in", async () => {
  const bridge = await open();
  await look(bridge);
  await passesAxe();
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("id.acme.example");
  await userEvent.type(field("Client ID"), "desktop");
  await userEvent.type(field("Name to show (optional)"), "Acme{Enter}");
  expect(asked(bridge)).toEqual(["tryProvider https://id.acme.example/ desktop Acme"]);
  bridge.show(all["signing-in"]!);
  await screen.findByText(/Sign in with Acme there/u);
});

it("says what is missing and what that means, the rest in one row", async () => {
  const bridge = await open();
  bridge.probed = providers["poor"]!;
  await look(bridge);
  const rows = screen.getAllByRole("listitem").map((row) => row.textContent?.trim().replace(/\s+/g, " "));
  expect(rows[0]).toBe("Profile");
  expect(rows).toContain("Renewal: You may have to sign in again whenever the access ends.");
  expect(rows).toContain("Another device: You sign in on this computer only.");
  expect(rows.at(-1)).toContain("14 minutes behind");
});

it.each([
  ["address-invalid", "That isn’t an address. Write it as whoever runs the provider gave it to you."],
  [
    "address-insecure",
    "That address isn’t encrypted. A sign-in needs an encrypted connection, so nothing was sent there.",
  ],
  [
    "not-a-provider",
    "There’s no provider at that address. Something answers there, but it doesn’t say how to sign in: check the address.",
  ],
  [
    "issuer-mismatch",
    "It has another name. What answers at that address calls itself something else: check the address.",
  ],
  [
    "certificate",
    "The connection isn’t private. Something between this computer and id.acme.example isn’t trusted: check the network, then try again.",
  ],
  [
    "offline",
    "id.acme.example can’t be reached. Either this computer is offline or id.acme.example is down: check the connection, then try again.",
  ],
  [
    "name-not-found",
    "id.acme.example can’t be found. This network doesn’t know its address: check your connection or VPN, then try again.",
  ],
] as [Code, string][])(
  "%s: a sentence of its own, at the field, which keeps what was written",
  async (code, sentence) => {
    const bridge = await open();
    bridge.failWith = problem(code, { stage: "discovery" });
    await userEvent.type(field("Address of the provider"), "https://id.acme.example/{Enter}");
    expect((await screen.findByRole("alert")).textContent).toBe(sentence);
    expect(field("Address of the provider").value).toBe("https://id.acme.example/");
    await passesAxe();
  },
);

it("an address is needed before anything is asked, and a client ID before a sign-in", async () => {
  const bridge = await open();
  await userEvent.keyboard("{Enter}");
  expect(asked(bridge)).toEqual([]);
  await look(bridge);
  await userEvent.click(button("Try to sign in"));
  expect((await screen.findByRole("alert")).textContent).toBe("Write the client ID as it was given to you.");
  expect(asked(bridge)).toEqual([]);
});

it("a sign-in that did not work leads back to what was written, and says why", async () => {
  const bridge = await open();
  await look(bridge);
  await userEvent.type(field("Client ID"), "desktop{Enter}");
  bridge.show(all["signing-in"]!);
  await screen.findByRole("heading", { name: "Continue in your browser" });
  bridge.show(all["unconfigured-settings"]!);
  expect(await screen.findByText("id.acme.example doesn’t accept this app’s settings")).toBeTruthy();
  expect(field("Client ID").value).toBe("desktop");
  expect(document.body.dataset["problem"]).toBe("invalid-client");
  await passesAxe();
});

it("whoever writes the file is told how, and comes back", async () => {
  const bridge = await open();
  await userEvent.click(button("Write the configuration file instead"));
  expect(screen.getByText(/issuer = /u)).toBeTruthy();
  await userEvent.click(button("Open folder"));
  expect(asked(bridge)).toEqual(["openConfigFolder"]);
  await passesAxe();
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(field("Address of the provider")));
});

it("what was written is gone once somebody is signed in", async () => {
  const bridge = await open();
  await look(bridge);
  bridge.info.provider = "Acme";
  bridge.show(all["signed-in"]!);
  await screen.findByRole("heading", { name: "Ada Park" });
  bridge.show(all["unconfigured"]!);
  await waitFor(() => expect(field("Address of the provider").value).toBe(""));
});
