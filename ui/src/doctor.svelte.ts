// The health check: asked for by the person, one at a time, and kept until the next one.
import type { Finding } from "./bindings/Finding";
import type { Problem } from "./bindings/Problem";
import type { Verdict } from "./bindings/Verdict";
import type { Bridge } from "./bridge";
import { asProblem } from "./commands.svelte";

/** The worst comes last. What was not looked at does not count. */
const order: readonly Verdict[] = ["skipped", "ok", "warning", "failure"];

export class Doctor {
  /** In the order in which things were looked at; null until the first answer. */
  findings = $state.raw<readonly Finding[] | null>(null);
  busy = $state(false);
  /** Why there is no answer. */
  failure = $state.raw<Problem | null>(null);

  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** How it is altogether. */
  get verdict(): Exclude<Verdict, "skipped"> {
    const worst = Math.max(1, ...(this.findings ?? []).map((finding) => order.indexOf(finding.verdict)));
    return order[worst] as Exclude<Verdict, "skipped">;
  }

  async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    try {
      this.findings = (await this.#bridge.doctor()).findings;
    } catch (reason) {
      this.failure = asProblem(reason);
    } finally {
      this.busy = false;
    }
  }
}
