// Pressing a button: at most one command at a time, its busy state, and what went wrong. A command that changes the state stays
// busy until the next view, because the view is the answer; the others until their promise settles.
import type { How } from "./bindings/How";
import type { Problem } from "./bindings/Problem";
import type { Bridge } from "./bridge";

export type Command =
  | "sign-in"
  | "another-account"
  | "switch"
  | "take-another"
  | "cancel"
  | "open-again"
  | "copy-link"
  | "copy-code"
  | "retry"
  | "use-this-run"
  | "sign-out"
  | "copy-details"
  | "copy-timeline"
  | "copy-claims"
  | "copy-claim"
  | "copy-about"
  | "copy-doctor"
  | "open-config"
  | "open-logs";

const calls: Record<Command, (bridge: Bridge, subject: string) => Promise<void>> = {
  "sign-in": (bridge) => bridge.signIn(),
  "another-account": (bridge) => bridge.signIn(undefined, true),
  switch: (bridge, how) => bridge.switchWay(how as How),
  "take-another": (bridge) => bridge.takeAnother(),
  cancel: (bridge) => bridge.cancelSignIn(),
  "open-again": (bridge) => bridge.openAgain(),
  "copy-link": (bridge) => bridge.copyLink(),
  "copy-code": (bridge) => bridge.copyCode(),
  retry: (bridge) => bridge.retry(),
  "use-this-run": (bridge) => bridge.useThisRun(),
  "sign-out": (bridge) => bridge.signOut(),
  "copy-details": (bridge) => bridge.copyDetails(),
  "copy-timeline": (bridge) => bridge.copyTimeline(),
  "copy-claims": (bridge) => bridge.copyClaims(),
  "copy-claim": (bridge, name) => bridge.copyClaim(name),
  "copy-about": (bridge) => bridge.copyAbout(),
  "copy-doctor": (bridge) => bridge.copyDoctor(),
  "open-config": (bridge) => bridge.openConfigFolder(),
  "open-logs": (bridge) => bridge.openLogsFolder(),
};

const copies: ReadonlySet<Command> = new Set([
  ...([
    "copy-link",
    "copy-code",
    "copy-details",
    "copy-timeline",
    "copy-claims",
    "copy-claim",
    "copy-about",
    "copy-doctor",
  ] as const),
]);
const changesView: ReadonlySet<Command> = new Set([
  ...(["sign-in", "another-account", "switch", "take-another", "cancel", "retry", "use-this-run", "sign-out"] as const),
]);

/** An accepted command whose view never comes (nothing changed) lets go of its button after this long. */
const patience = 4000;
/** How long "Copied" is shown. */
const praise = 2000;

export class Commands {
  /** The command under way. */
  busy = $state<Command | null>(null);
  /** Why the last one failed; gone with the next view or press. */
  failure = $state.raw<Problem | null>(null);
  /** The copy command that has just succeeded. */
  copied = $state<Command | null>(null);
  /** What the command under way, or the one that has just succeeded, is about; empty where there is but one thing. */
  subject = $state("");

  readonly #bridge: Bridge;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Runs a command unless another one is under way. */
  async run(command: Command, subject = ""): Promise<void> {
    if (this.busy !== null) return;
    clearTimeout(this.#timer);
    this.busy = command;
    this.subject = subject;
    this.failure = null;
    this.copied = null;
    try {
      await calls[command](this.#bridge, subject);
      this.#accepted(command);
    } catch (reason) {
      if (this.busy === command) this.busy = null;
      this.failure = asProblem(reason);
    }
  }

  /** A new view has arrived: it answers whatever was under way. */
  answered(): void {
    if (this.busy !== null && changesView.has(this.busy)) this.busy = null;
    this.failure = null;
  }

  #accepted(command: Command): void {
    if (this.busy === command) {
      if (changesView.has(command)) {
        this.#timer = setTimeout(() => {
          if (this.busy === command) this.busy = null;
        }, patience);
        return;
      }
      this.busy = null;
    }
    if (copies.has(command)) {
      this.copied = command;
      this.#timer = setTimeout(() => {
        this.copied = null;
      }, praise);
    }
  }
}

/** Whatever a command rejected with, as a problem. */
export function asProblem(reason: unknown): Problem {
  if (typeof reason === "object" && reason !== null && "code" in reason && typeof reason.code === "string") {
    return reason as Problem;
  }
  const detail = reason instanceof Error ? reason.message : String(reason);
  return { code: "internal", stage: "configuration", fault: "us", retryable: true, detail: detail.slice(0, 300) };
}
