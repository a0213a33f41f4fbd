// The screens that lie over the screen, and those that most people never see, each in a file of its own: what the window shows first
// does not wait for them. All are loaded when the first view has been painted; a view that needs one before that waits for it, and what
// lies over the screen lets the screen below stay until it is there.
import type { Component } from "svelte";
import type { View } from "./bindings/View";
import type { Panel } from "./over.svelte";

export type SigningIn = Extract<View, { kind: "signing-in" }>;

/** Loaded by itself: what lies over the screen, or a state's own screen or part of one. */
interface Late {
  readonly panel: Component;
  readonly unconfigured: Component<{ view: Extract<View, { kind: "unconfigured" }> }>;
  readonly attempt: Component<{ view: SigningIn }>;
  readonly ladder: Component<{ view: SigningIn; open: boolean }, object, "open">;
}
interface Names {
  readonly panel: Panel;
  readonly unconfigured: "unconfigured";
  readonly attempt: "device" | "choosing";
  readonly ladder: "ladder";
}
type Name = Names[keyof Names];
type Screen<N extends Name> = { [K in keyof Names]: N extends Names[K] ? Late[K] : never }[keyof Names];

const files: { readonly [N in Name]: () => Promise<{ default: Screen<N> }> } = {
  timeline: () => import("./screens/Timeline.svelte"),
  claims: () => import("./screens/Claims.svelte"),
  metadata: () => import("./screens/Metadata.svelte"),
  about: () => import("./screens/About.svelte"),
  doctor: () => import("./screens/Doctor.svelte"),
  unconfigured: () => import("./screens/Unconfigured.svelte"),
  ladder: () => import("./parts/lane/Ladder.svelte"),
  device: () => import("./screens/Device.svelte"),
  choosing: () => import("./screens/Choosing.svelte"),
};

/** The screen of an attempt that is not simply waited for. */
export function attemptScreen(view: SigningIn): "device" | "choosing" | null {
  if (view.phase === "choosing" && view.choice) return "choosing";
  return view.phase === "waiting" && view.device ? "device" : null;
}

/** What a view cannot be shown without. */
function needed(view: View): Name | null {
  if (view.kind === "unconfigured") return "unconfigured";
  return view.kind === "signing-in" ? (attemptScreen(view) ?? "ladder") : null;
}

export class Panels {
  #there = $state.raw<{ readonly [N in Name]?: Screen<N> }>({});

  /** A screen, once it is there. */
  of<N extends Name>(name: N): Screen<N> | null {
    return (this.#there[name] as Screen<N> | undefined) ?? null;
  }

  async load(name: Name): Promise<void> {
    if (this.#there[name]) return;
    const { default: screen } = await files[name]();
    this.#there = { ...this.#there, [name]: screen };
  }

  /** What this view cannot be shown without. */
  async loadFor(view: View): Promise<void> {
    const name = needed(view);
    if (name) await this.load(name);
  }

  /** All of them, so that none is waited for later. One that cannot be loaded is tried again when it is wanted. */
  async loadAll(): Promise<void> {
    for (const name of Object.keys(files) as Name[]) await this.load(name).catch(() => {});
  }
}
