// "What happened?" in the window: who gets to it, the keyboard, what is copied, and nothing an accessibility checker objects to.
import { cleanup, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, expect, it } from "vitest";
import App from "../src/App.svelte";
import { samples } from "../src/bridge/samples";
import { timelines } from "../src/bridge/timelines";
import { FakeBridge, pageOf } from "./fake";

const all = samples(Date.now());
const happened = timelines(Date.now());
const question = "What happened?";
const button = (name: string) => screen.getByRole("button", { name });

async function open(state: string, timeline: string): Promise<FakeBridge> {
  const bridge = new FakeBridge(all[state]!);
  bridge.happened = happened[timeline]!;
  render(App, { page: pageOf(bridge) });
  await waitFor(() => expect(document.body.dataset["state"]).toBe(all[state]!.kind));
  return bridge;
}

const commands = (bridge: FakeBridge) => bridge.asked.filter((it) => it !== "appInfo" && !it.startsWith("painted"));

afterEach(cleanup);

it.each(["none", "usual", "every", "long"])(
  "%s: passes axe, has one heading, and the focus on it",
  async (timeline) => {
    await open("signed-in", timeline);
    await userEvent.click(button(question));
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole("heading", { level: 1, name: "What happened" })),
    );
    await waitFor(() => expect(screen.queryByRole("region") ?? screen.getByText(/^Nothing yet/u)).toBeTruthy());
    const result = await axe.run(document, { rules: { "color-contrast": { enabled: false } } });
    expect(result.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
    expect(document.querySelectorAll("[style]")).toHaveLength(0);
    expect(document.body.dataset["state"]).toBe("signed-in");
  },
);

it("the newest entry is the first", async () => {
  await open("signed-in", "usual");
  await userEvent.click(button(question));
  const list = await screen.findByRole("region", { name: "What happened" });
  expect(within(list).getAllByRole("listitem")[0]?.textContent).toContain("Acme renewed the session 27 times");
});

it.each([
  ["Escape", () => userEvent.keyboard("{Escape}")],
  ["Back", () => userEvent.click(button("Back"))],
])("%s closes it, and the focus goes back to where it was opened", async (_, close) => {
  const bridge = await open("signed-in", "usual");
  await userEvent.click(button(question));
  await screen.findByRole("region");
  await close();
  await waitFor(() => expect(document.activeElement).toBe(button(question)));
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Ada Park");
  expect(commands(bridge)).toEqual([]);
});

it("copies without passing a text, and says so", async () => {
  const bridge = await open("signed-in", "usual");
  await userEvent.click(button(question));
  await userEvent.click(await screen.findByRole("button", { name: "Copy" }));
  expect(commands(bridge)).toEqual(["copyTimeline"]);
  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("Copied what happened."));
});

it("the sign-in screen offers it when there is something to tell", async () => {
  await open("signed-out", "none");
  await waitFor(() => expect(button("Sign in with Acme")).toBeTruthy());
  expect(screen.queryByRole("button", { name: question })).toBeNull();
  cleanup();
  await open("signed-out-ended", "usual");
  await userEvent.click(await screen.findByRole("button", { name: question }));
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(button(question)));
});

it("a session that ends meanwhile is the news: the screen is shown with its own focus", async () => {
  const bridge = await open("signed-in", "usual");
  await userEvent.click(button(question));
  await screen.findByRole("region");
  bridge.show(all["signed-out-ended"]!);
  await waitFor(() => expect(document.activeElement).toBe(button("Sign in with Acme")));
  expect(screen.queryByRole("region")).toBeNull();
});

it("follows what happens while it is open", async () => {
  const bridge = await open("signed-in", "none");
  await userEvent.click(button(question));
  await screen.findByText(/^Nothing yet/u);
  bridge.happened = [{ at: new Date().toISOString(), kind: "stale", code: "offline", stage: "refresh" }];
  bridge.show(all["stale-offline"]!);
  expect(await screen.findByText("Acme couldn’t be reached. You stayed signed in.")).toBeTruthy();
});

it("a shell that doesn't answer leaves an empty one", async () => {
  const bridge = await open("signed-in", "usual");
  bridge.timeline = () => Promise.reject(new Error("gone"));
  await userEvent.click(button(question));
  expect(await screen.findByText(/^Nothing yet/u)).toBeTruthy();
});
