// Views arrive in order, each with what must be known to show it.
import { expect, it } from "vitest";
import type { View } from "../src/bindings/View";
import { follow } from "../src/follow";
import { FakeBridge } from "./fake";

const signedOut: View = { kind: "signed-out", why: "never" };
const settled = () => new Promise((done) => setTimeout(done));

it("asks about the app before the first view, and not for every later one", async () => {
  const bridge = new FakeBridge(signedOut);
  const shown: string[] = [];
  await follow(bridge, (view, info) => shown.push(`${view.kind} ${info?.provider ?? "-"}`));
  await settled();
  bridge.show({ kind: "signing-in", how: "deep-link", phase: "waiting", deadline: "2026-11-20T21:00:00Z" });
  await settled();
  expect(shown).toEqual(["signed-out Acme", "signing-in -"]);
});

it("asks again when the configuration may have changed", async () => {
  const bridge = new FakeBridge({ kind: "unconfigured" });
  const shown: string[] = [];
  await follow(bridge, (view, info) => shown.push(`${view.kind} ${info?.provider ?? "-"}`));
  await settled();
  bridge.info.provider = "Other";
  bridge.show(signedOut);
  await settled();
  expect(shown).toEqual(["unconfigured Acme", "signed-out Other"]);
});

it("knows a provider's name as soon as the first sign-in there has written it", async () => {
  const bridge = new FakeBridge({ kind: "unconfigured" });
  delete bridge.info.provider;
  const shown: string[] = [];
  await follow(bridge, (view, info) => shown.push(`${view.kind} ${info?.provider ?? "-"}`));
  await settled();
  bridge.show({ kind: "signing-in", how: "deep-link", phase: "waiting", deadline: "2026-11-20T21:00:00Z" });
  await settled();
  bridge.info.provider = "Acme";
  bridge.show(signedOut);
  await settled();
  expect(shown).toEqual(["unconfigured -", "signing-in -", "signed-out Acme"]);
});

it("a view waits for what it needs, and a newer one that came meanwhile for its own", async () => {
  const bridge = new FakeBridge({ kind: "unconfigured" });
  const done: string[] = [];
  let ready = () => {};
  const prepare = ({ kind }: View) => {
    done.push(`prepare ${kind}`);
    return kind === "unconfigured" ? new Promise<void>((go) => (ready = go)) : Promise.resolve();
  };
  await follow(bridge, (view) => done.push(`show ${view.kind}`), prepare);
  await settled();
  bridge.show(signedOut);
  await settled();
  expect(done).toEqual(["prepare unconfigured"]);
  ready();
  await settled();
  expect(done).toEqual(["prepare unconfigured", "prepare signed-out", "show signed-out"]);
});

it("shows the newest of the views that waited", async () => {
  const bridge = new FakeBridge();
  const shown: string[] = [];
  await follow(bridge, (view) => shown.push(view.kind));
  bridge.show(signedOut);
  await settled();
  expect(shown).toEqual(["signed-out"]);
});

it("shows views also when nothing can be known about the app", async () => {
  const bridge = new FakeBridge(signedOut);
  bridge.appInfo = () => Promise.reject(new Error("gone"));
  const shown: string[] = [];
  await follow(bridge, (view, info) => shown.push(`${view.kind} ${info}`));
  await settled();
  expect(shown).toEqual(["signed-out null"]);
});
