// Buttons: one command at a time, busy until it is answered, problems shown.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { problem } from "../src/bridge/samples";
import { Commands, asProblem } from "../src/commands.svelte";
import { FakeBridge } from "./fake";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a command that changes the state", () => {
  it("is busy until the next view", async () => {
    const bridge = new FakeBridge();
    const commands = new Commands(bridge);
    await commands.run("sign-in");
    expect(commands.busy).toBe("sign-in");
    await commands.run("sign-in");
    expect(bridge.asked).toEqual(["signIn"]);
    commands.answered();
    expect(commands.busy).toBeNull();
  });

  it("lets go when no view comes", async () => {
    const commands = new Commands(new FakeBridge());
    await commands.run("retry");
    vi.advanceTimersByTime(4000);
    expect(commands.busy).toBeNull();
  });

  it("shows why it failed, until the next press or view", async () => {
    const bridge = new FakeBridge();
    bridge.failWith = problem("busy");
    const commands = new Commands(bridge);
    await commands.run("sign-in");
    expect(commands.busy).toBeNull();
    expect(commands.failure?.code).toBe("busy");
    commands.answered();
    expect(commands.failure).toBeNull();
  });
});

describe("copying", () => {
  it("says so for a moment", async () => {
    const commands = new Commands(new FakeBridge());
    await commands.run("copy-link");
    expect(commands.busy).toBeNull();
    expect(commands.copied).toBe("copy-link");
    vi.advanceTimersByTime(2000);
    expect(commands.copied).toBeNull();
  });
});

it("takes any rejection as a problem", () => {
  expect(asProblem(problem("offline")).code).toBe("offline");
  expect(asProblem("command not allowed").detail).toBe("command not allowed");
  expect(asProblem(undefined).code).toBe("internal");
});
