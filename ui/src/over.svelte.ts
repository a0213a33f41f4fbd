// What covers the screen for a while: what happened, the person's details, what they can edit, about the app, the health check. Opening one changes nothing else; it
// closes by itself when the session comes into another state, because that is the news then.

export type Panel = "timeline" | "claims" | "metadata" | "about" | "doctor";

export class Over {
  panel = $state<Panel | null>(null);
  /** The one the person has just closed: the keyboard goes back to the button that opened it. */
  left: Panel | null = null;
  /** The search waits for the keyboard. */
  search = false;

  /** `search`: with the keyboard in its search. */
  open(panel: Panel, search = false): void {
    this.left = null;
    this.search = search;
    this.panel = panel;
  }

  /** Closed by something else that is to be shown. */
  close(): void {
    this.left = null;
    this.panel = null;
  }

  /** Closed by the person: back to where they opened it. */
  leave(): void {
    this.left = this.panel;
    this.panel = this.panel === "doctor" ? "about" : null;
  }
}
