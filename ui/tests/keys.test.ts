// The keyboard: the main action, cancelling, going back, About, the search.
import { cleanup, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it } from "vitest";
import App from "../src/App.svelte";
import { claimSamples } from "../src/bridge/claims";
import { samples } from "../src/bridge/samples";
import { FakeBridge, pageOf } from "./fake";

const all = samples(Date.now());
const button = (name: string) => screen.getByRole("button", { name });

async function open(name: string): Promise<FakeBridge> {
  const bridge = new FakeBridge(all[name]!);
  bridge.known = claimSamples["usual"]!;
  render(App, { page: pageOf(bridge) });
  await waitFor(() => expect(document.body.dataset["state"]).toBe(all[name]!.kind));
  await waitFor(() => expect(document.activeElement).toBe(document.querySelector("[data-focus]")));
  bridge.asked = [];
  return bridge;
}

const commands = (bridge: FakeBridge) => bridge.asked.filter((it) => it !== "appInfo" && !it.startsWith("painted"));

afterEach(cleanup);

it.each([
  ["signed-out", "signIn"],
  ["attempt-timed-out", "signIn"],
  ["blocked-locked", "retry"],
  ["blocked-full", "useThisRun"],
])("%s: Enter asks for %s, wherever the focus is not on something else", async (state, command) => {
  const bridge = await open(state);
  (document.activeElement as HTMLElement).blur();
  await userEvent.keyboard("{Enter}");
  expect(commands(bridge)).toEqual([command]);
});

it.each(["signed-in", "signing-in", "signing-in-device", "signing-in-choosing", "unconfigured"])(
  "%s: Enter does nothing by itself",
  async (state) => {
    const bridge = await open(state);
    await userEvent.keyboard("{Enter}");
    expect(commands(bridge)).toEqual([]);
  },
);

it.each(["{F1}", "{Control>}/{/Control}", "{Meta>}/{/Meta}"])("%s opens About, and Escape leads back", async (keys) => {
  await open("signed-out");
  await userEvent.keyboard(keys);
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("heading", { name: "About Latchkey" })));
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(button("About Latchkey")));
  expect(document.body.dataset["state"]).toBe("signed-out");
});

it("Escape in About does not cancel the attempt below it; the next one does", async () => {
  const bridge = await open("signing-in");
  await userEvent.keyboard("{F1}");
  await screen.findByText("Version 0.1.0");
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(button("Cancel")).toBeTruthy());
  expect(commands(bridge)).toEqual([]);
  await userEvent.keyboard("{Escape}");
  expect(commands(bridge)).toEqual(["cancelSignIn"]);
});

it("Ctrl+F opens the details with the keyboard in the search; Escape empties it by the browser, then closes", async () => {
  await open("signed-in");
  await userEvent.keyboard("{Control>}f{/Control}");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("searchbox")));
  await userEvent.keyboard("x{Escape}");
  expect(screen.getByRole("searchbox")).toBeTruthy();
  await userEvent.clear(screen.getByRole("searchbox"));
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Ada Park"));
});

it("Ctrl+F and Ctrl+C are left to the browser where there is nothing to search", async () => {
  const bridge = await open("signed-out");
  await userEvent.keyboard("{Control>}f{/Control}{Control>}c{/Control}");
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Latchkey");
  expect(commands(bridge)).toEqual([]);
});

it("About: version, store, how the browser leads back, and copying", async () => {
  const bridge = await open("signed-in");
  await userEvent.click(button("About Latchkey"));
  for (const text of ["Version 0.1.0", "Acme", "GNOME Keyring", "A link to Latchkey", "English"]) {
    expect(screen.getByText(text)).toBeTruthy();
  }
  await userEvent.click(button("Copy"));
  expect(commands(bridge)).toEqual(["copyAbout"]);
  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("Copied what Latchkey is."));
});
