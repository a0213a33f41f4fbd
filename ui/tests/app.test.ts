// What happens in the window: presses, keys, focus, what is announced, what the shell is told.
import { cleanup, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it } from "vitest";
import App from "../src/App.svelte";
import type { AppInfo } from "../src/bindings/AppInfo";
import type { View } from "../src/bindings/View";
import { problem, samples } from "../src/bridge/samples";
import { choose } from "../src/messages";
import { Page } from "../src/page.svelte";
import { FakeBridge, pageOf } from "./fake";

const all = samples(Date.now());
const button = (name: string) => screen.getByRole("button", { name });

async function open(name: string): Promise<FakeBridge> {
  const view: View = all[name]!;
  const bridge = new FakeBridge(view);
  render(App, { page: pageOf(bridge) });
  await waitFor(() => expect(document.body.dataset["state"]).toBe(view.kind));
  bridge.asked = [];
  return bridge;
}

afterEach(cleanup);

it.each([
  ["signed-out", "Sign in with Acme", "signIn"],
  ["signing-in", "Cancel", "cancelSignIn"],
  ["signing-in", "Open the browser again", "openAgain"],
  ["signed-out-ended", "Use another account", "signIn another"],
  ["signing-in-device", "Copy code", "copyCode"],
  ["signing-in-device", "Use the browser here instead", "switchWay deep-link"],
  ["signing-in-choosing", "Continue as Benoît Okafor", "takeAnother"],
  ["signing-in-choosing", "Cancel", "cancelSignIn"],
  ["signing-in-not-registered", "Repair links", "repairLinks"],
  ["signed-in", "Sign out", "signOut"],
  ["stale-offline", "Try again", "retry"],
  ["stale-sign-in", "Sign in again", "signIn"],
  ["blocked-locked", "Try again", "retry"],
  ["blocked-locked", "Use for this run only", "useThisRun"],
  ["blocked-configuration", "Copy details", "copyDetails"],
  ["blocked-configuration", "Open folder", "openConfigFolder"],
])("%s: “%s” asks for %s", async (state, name, command) => {
  const bridge = await open(state);
  await userEvent.click(button(name));
  expect(bridge.asked.filter((asked) => !asked.startsWith("painted"))).toEqual([command]);
});

it("a button keeps its name and is busy until the view changes", async () => {
  const bridge = await open("signed-out");
  const pressed = button("Sign in with Acme");
  await userEvent.click(pressed);
  expect(pressed.getAttribute("aria-busy")).toBe("true");
  bridge.show(all["signing-in"]!);
  await waitFor(() => expect(button("Cancel").getAttribute("aria-busy")).toBe("false"));
});

it("a failing command shows its problem", async () => {
  const bridge = await open("signing-in");
  bridge.failWith = problem("browser-failed", { stage: "browser", detail: "xdg-open: exit status 3" });
  await userEvent.click(button("Open the browser again"));
  expect(await screen.findByText("Your browser didn’t open")).toBeTruthy();
  expect(screen.getByRole("status").textContent).toContain("Your browser didn’t open");
  await userEvent.click(button("Details"));
  expect(screen.getByText(/exit status 3/u)).toBeTruthy();
});

it("Escape cancels an attempt, and nothing else", async () => {
  const bridge = await open("signing-in");
  await userEvent.keyboard("{Escape}");
  expect(bridge.asked).toContain("cancelSignIn");
  cleanup();
  const other = await open("signed-in");
  await userEvent.keyboard("{Escape}");
  expect(other.asked.filter((asked) => !asked.startsWith("painted"))).toEqual([]);
});

it("Enter on the sign-in screen signs in", async () => {
  const bridge = await open("signed-out");
  await waitFor(() => expect(document.activeElement).toBe(button("Sign in with Acme")));
  await userEvent.keyboard("{Enter}");
  expect(bridge.asked).toContain("signIn");
});

it("focus follows the state, and stays inside one state", async () => {
  const bridge = await open("signing-in-preparing");
  const heading = screen.getByRole("heading", { level: 1 });
  await waitFor(() => expect(document.activeElement).toBe(heading));
  button("Cancel").focus();
  bridge.show(all["signing-in"]!);
  await waitFor(() => expect(heading.textContent).toBe("Continue in your browser"));
  expect(document.activeElement).toBe(button("Cancel"));
  bridge.show(all["signed-in"]!);
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Ada Park"));
});

it("focus is not lost with a notice that goes", async () => {
  const bridge = await open("stale-offline");
  button("Try again").focus();
  bridge.show(all["signed-in"]!);
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Ada Park"));
});

it("draws nothing and tells of nothing painted before the first view, which then is the first frame", async () => {
  const bridge = new FakeBridge(all["signed-in"]!);
  let learn: (info: AppInfo) => void = () => {};
  bridge.appInfo = () => new Promise((known) => (learn = known));
  const { container } = render(App, { page: pageOf(bridge) });
  await new Promise((frames) => setTimeout(frames, 100));
  expect(container.querySelector("main")).toBeNull();
  expect(bridge.asked).toEqual([]);
  learn({ ...bridge.info });
  expect((await screen.findByRole("heading", { level: 1 })).textContent).toContain("Ada Park");
  await waitFor(() => expect(bridge.asked).toEqual(["painted true"]));
});

it("tells the shell what has been painted", async () => {
  const bridge = await open("signed-out");
  await waitFor(() => expect(bridge.asked).toEqual(["painted false"]));
  bridge.show(all["signed-in"]!);
  await waitFor(() => expect(bridge.asked).toEqual(["painted false", "painted true"]));
  bridge.show(all["signed-in-refreshing"]!);
  bridge.show(all["signed-out-ended"]!);
  await waitFor(() => expect(bridge.asked).toEqual(["painted false", "painted true", "painted false"]));
});

it("announces a state once", async () => {
  const bridge = await open("signed-in");
  expect(screen.getByRole("status").textContent).toBe("Signed in as Ada Park.");
  bridge.show(all["signed-in-refreshing"]!);
  await waitFor(() => expect(document.body.dataset["freshness"]).toBe("refreshing"));
  expect(screen.getByRole("status").textContent).toBe("Signed in as Ada Park.");
  bridge.show(all["stale-offline"]!);
  await waitFor(() => expect(screen.getByRole("status").textContent).toMatch(/^Acme can’t be reached\./u));
});

it("shows a picture when it has loaded, initials until then and when it can't", async () => {
  const bridge = new FakeBridge(all["signed-in"]!);
  bridge.picture = "/picture.png";
  render(App, { page: pageOf(bridge) });
  await waitFor(() => expect(document.querySelector("img")).not.toBeNull());
  expect(document.querySelector("span.avatar.initials")?.textContent?.trim()).toBe("AP");
  expect(document.querySelector("img.avatar")).toBeNull();
  document.querySelector("img")?.dispatchEvent(new Event("load"));
  await waitFor(() => expect(document.querySelector("img.avatar")?.getAttribute("alt")).toBe(""));
  expect(document.querySelector("span.avatar")).toBeNull();
  document.querySelector("img")?.dispatchEvent(new Event("error"));
  await waitFor(() => expect(document.querySelector("span.avatar.initials")).not.toBeNull());
});

it("speaks the language the configuration names, from the first view on", async () => {
  const bridge = new FakeBridge(all["signed-out"]!);
  bridge.info.language = "de";
  render(App, { page: new Page(bridge, (setting) => choose(setting, ["en-GB"], false)) });
  await waitFor(() => expect(button("Mit Acme anmelden")).toBeTruthy());
  expect(document.documentElement.lang).toBe("de");
});

it("what covers the screen goes when the session comes into another state, and stays within one", async () => {
  const bridge = await open("signed-in");
  await userEvent.click(button("About Latchkey"));
  await screen.findByText("Version 0.1.0");
  bridge.show(all["stale-offline"]!);
  await waitFor(() => expect(document.body.dataset["freshness"]).toBe("stale"));
  expect(screen.getByText("Version 0.1.0")).toBeTruthy();
  bridge.show(all["signed-out-ended"]!);
  await waitFor(() => expect(document.activeElement).toBe(button("Sign in with Acme")));
  expect(screen.queryByText("Version 0.1.0")).toBeNull();
});
