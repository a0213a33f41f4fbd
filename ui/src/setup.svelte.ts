// The first run: an address, what answers there, and a sign-in that is tried. What the person wrote stays while it is tried, so that
// they come back to it when it did not work.
import type { Problem } from "./bindings/Problem";
import type { ProbedProvider } from "./bindings/ProbedProvider";
import type { Bridge } from "./bridge";
import { line } from "./clean";
import { asProblem } from "./commands.svelte";
import type { Values } from "./messages";
import type { Message } from "./messages/catalogue";
import type { Page } from "./page.svelte";
import { treatment } from "./problems";

export class Setup {
  step = $state<"address" | "provider" | "file">("address");
  address = $state("");
  client = $state("");
  name = $state("");
  /** What answered. */
  found = $state.raw<ProbedProvider | null>(null);
  busy = $state(false);
  /** Why the provider could not be asked, or a sign-in not begun. */
  failure = $state.raw<Problem | null>(null);
  /** The client ID is none. */
  mistaken = $state(false);
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** What to call the provider that is being tried: the name it got, else its host. Empty when none is. */
  get called(): string {
    return this.found ? this.name.trim() || this.found.host : "";
  }

  /** To one of the steps. The address of another provider starts without what the one before said. */
  turn(step: Setup["step"]): void {
    this.failure = null;
    this.mistaken = false;
    if (step === "address") this.found = null;
    this.step = step;
  }

  /** Asks the provider at the address. */
  async look(): Promise<void> {
    await this.#at(async () => {
      this.found = await this.#bridge.probeProvider(this.address.trim());
      this.step = "provider";
    });
  }

  /** Signs in there. */
  async attempt(): Promise<void> {
    const { found } = this;
    if (!found) return;
    this.mistaken = this.client.trim() === "";
    if (this.mistaken) return;
    await this.#at(() => this.#bridge.tryProvider(found.issuer, this.client.trim(), this.name.trim()));
    if (this.failure?.code === "configuration-invalid") {
      this.failure = null;
      this.mistaken = true;
    }
  }

  /** A provider is configured: nothing of this is needed any more. */
  forget(): void {
    if (!this.address) return;
    this.turn("address");
    this.address = this.client = this.name = "";
  }

  /** A problem's words, where no configuration names the provider yet. */
  told(problem: Problem, page: Page): { title: string; sentence: string } {
    const { problems, unconfigured } = page.words;
    const { words } = treatment(problem.code);
    if (words === "issuer-mismatch") {
      return { title: page.say(unconfigured.renamed.title), sentence: page.say(unconfigured.renamed.sentence) };
    }
    const host = line(this.called || this.address.replace(/^\w+:\/\/|\/.*$/g, ""), 40);
    const named: Values = host ? { provider: host, providerNamed: "yes" } : {};
    if (problem.clock_ahead !== undefined) return page.told(problem);
    // A sentence begins with a capital, a host does not.
    const capital = host.charAt(0).toLocaleUpperCase(page.language.locale) + host.slice(1);
    const said = (text: Message) => page.say(text, named).replace(capital, host);
    return { title: said(problems[words].title), sentence: said(problems[words].sentence) };
  }

  async #at(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    try {
      await work();
    } catch (reason) {
      this.failure = asProblem(reason);
    }
    this.busy = false;
  }
}
