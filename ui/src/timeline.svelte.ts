// The timeline beside the views: asked for when it can be of use, and whether it is open. Opening it hides the screen below and
// changes nothing else; it closes by itself when the state of the session becomes another one, because that is the news then.
import type { Entry } from "./bindings/Entry";
import type { Bridge } from "./bridge";

export class Timeline {
  /** The newest last; null until the first answer. */
  entries = $state.raw<readonly Entry[] | null>(null);
  open = $state(false);
  /** The person closed it: the keyboard goes back to the button that opened it. */
  closedByHand = false;

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

  /** Shows it. */
  show(): void {
    this.closedByHand = false;
    this.open = true;
    void this.load();
  }

  /** Hides it: by the person, or because something else is to be shown. */
  hide(byHand: boolean): void {
    this.closedByHand = byHand && this.open;
    this.open = false;
  }
}
