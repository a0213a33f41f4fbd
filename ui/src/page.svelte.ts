// What the whole page shares: the view, what is known about the app, the words, the time, and the commands. The view is the only
// state of the session here; nothing else decides which screen is shown.
import { getContext, setContext } from "svelte";
import type { AppInfo } from "./bindings/AppInfo";
import type { Problem } from "./bindings/Problem";
import type { View } from "./bindings/View";
import type { Bridge } from "./bridge";
import { Commands } from "./commands.svelte";
import { fill } from "./messages";
import type { Catalogue, Wording } from "./messages/catalogue";
import { line } from "./clean";
import { Timeline } from "./timeline.svelte";
import { span } from "./time";

const nothingKnown: AppInfo = { product: "Latchkey", version: "", config_path: "", store: "", redirect: "" };

export class Page {
  view = $state.raw<View>({ kind: "restoring" });
  info = $state.raw<AppInfo>(nothingKnown);
  /** Milliseconds; moves only while something on the page counts, and when the window is looked at again. */
  now = $state(Date.now());
  /** When the session came into its present state, as far as this page knows. */
  since = Date.now();
  readonly commands: Commands;
  readonly timeline: Timeline;
  readonly bridge: Bridge;
  readonly words: Catalogue;
  readonly hour12: boolean | undefined;

  constructor(bridge: Bridge, words: Catalogue, hour12?: boolean) {
    this.bridge = bridge;
    this.words = words;
    this.hour12 = hour12;
    this.commands = new Commands(bridge);
    this.timeline = new Timeline(bridge);
  }

  /** Shows a view. */
  show(view: View, info: AppInfo | null): void {
    this.now = Date.now();
    if (info) this.info = info;
    this.commands.answered();
    if (view.kind !== this.view.kind) {
      this.since = this.now;
      this.timeline.hide(false);
    }
    this.view = view;
    if (view.kind === "signed-out" || this.timeline.open) void this.timeline.load();
  }

  /** The provider's name; null when the configuration gives it none. */
  get provider(): string | null {
    return line(this.info.provider ?? "", 40) || null;
  }

  /** A text of the catalogue with the names filled in. */
  say(text: string, values: Readonly<Record<string, string>> = {}): string {
    const provider = this.provider ?? this.words.unknownProvider;
    const store = this.info.store || this.words.unknownStore;
    const said = fill(text, { product: this.info.product, provider, store, ...values });
    return text.startsWith("{") ? said.charAt(0).toLocaleUpperCase(this.words.language) + said.slice(1) : said;
  }

  /** A problem's words. A code this page doesn't know (an older page, a newer core) reads as `internal`. */
  wording({ code, clock_ahead: ahead }: Pick<Problem, "code" | "clock_ahead">): Wording {
    const { codes, clock } = this.words;
    const wording = Object.hasOwn(codes, code) ? codes[code] : codes.internal;
    if (!ahead) return wording;
    const sentence = fill(ahead < 0 ? clock.slow : clock.fast, { time: span(Math.abs(ahead), this.words) });
    return { ...wording, title: clock.title, sentence };
  }
}

const key = Symbol("page");
/** The context every screen and part reads. */
export const pageKey = key;
export const providePage = (page: Page): Page => setContext(key, page);
export const usePage = (): Page => getContext<Page>(key);
