// The timeline beside the views: asked for when it can be of use.
import type { Entry } from "./bindings/Entry";
import type { Bridge } from "./bridge";

export class Timeline {
  /** The newest last; null until the first answer. */
  entries = $state.raw<readonly Entry[] | null>(null);

  readonly #bridge: Bridge;
  #asked = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Whether there is anything to tell. */
  get tells(): boolean {
    return (this.entries?.length ?? 0) > 0;
  }

  /** Asks anew. What is known stays when the shell has no answer. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    const entries = await this.#bridge.timeline().catch(() => null);
    if (asked === this.#asked) this.entries = entries ?? this.entries ?? [];
  }
}
