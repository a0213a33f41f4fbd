// What the provider says about the person, beside the views: asked for while it is shown, and forgotten when nobody is signed in.
import type { Bridge } from "./bridge";
import type { Claim } from "./bindings/Claim";

export class Claims {
  /** Null until the first answer. */
  all = $state.raw<readonly Claim[] | null>(null);
  /** How many more there are. */
  leftOut = $state(0);
  /** The shell had no answer. */
  failed = $state(false);
  /** Somewhere on the page they are shown. */
  wanted = false;

  readonly #bridge: Bridge;
  #asked = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Asks anew. What is known stays when the shell has no answer. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    const answer = await this.#bridge.claims().catch(() => null);
    if (asked !== this.#asked) return;
    this.failed = answer === null;
    if (!answer) return;
    this.all = answer.claims;
    this.leftOut = answer.left_out;
  }

  forget(): void {
    this.#asked++;
    this.all = null;
    this.leftOut = 0;
    this.failed = false;
  }
}
