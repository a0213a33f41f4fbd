// The screens that lie over the screen, each in a file of its own: what the window shows first does not wait for them. They are loaded
// when the first view has been painted, or when one is wanted before that; until it is there, the screen below stays.
import type { Component } from "svelte";
import type { Panel } from "./over.svelte";

const files: Record<Panel, () => Promise<{ default: Component }>> = {
  timeline: () => import("./screens/Timeline.svelte"),
  claims: () => import("./screens/Claims.svelte"),
  metadata: () => import("./screens/Metadata.svelte"),
  about: () => import("./screens/About.svelte"),
  doctor: () => import("./screens/Doctor.svelte"),
};

export class Panels {
  #there = $state.raw<Partial<Record<Panel, Component>>>({});

  /** The screen of a panel, once it is there. */
  of(panel: Panel): Component | null {
    return this.#there[panel] ?? null;
  }

  async load(panel: Panel): Promise<void> {
    if (this.#there[panel]) return;
    const { default: screen } = await files[panel]();
    this.#there = { ...this.#there, [panel]: screen };
  }

  /** All of them, so that none is waited for later. One that cannot be loaded is tried again when it is wanted. */
  async loadAll(): Promise<void> {
    for (const panel of Object.keys(files) as Panel[]) await this.load(panel).catch(() => {});
  }
}
