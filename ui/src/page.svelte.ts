// What the whole page shares: the view, what is known about the app, the language, the time, and the commands. The view is the only
// state of the session here; nothing else decides which screen is shown.
import type { AppInfo } from "./bindings/AppInfo";
import type { Problem } from "./bindings/Problem";
import type { View } from "./bindings/View";
import type { Bridge } from "./bridge";
import { Claims } from "./claims.svelte";
import { Commands } from "./commands.svelte";
import type { Language } from "./messages";
import { Metadata } from "./metadata/metadata.svelte";
import { Doctor } from "./doctor.svelte";
import { Over } from "./over.svelte";
import { Panels } from "./panels.svelte";
import { treatment, type Action } from "./problems";
import { Setup } from "./setup.svelte";
import { Speaker } from "./speaker";
import { span } from "./time";
import { Timeline } from "./timeline.svelte";

const nothingKnown: AppInfo = {
  product: __NAMES__.product,
  version: "",
  config_path: "",
  store: "",
  redirect: "",
  editor: false,
};

/** A problem in people's words. */
export interface Told {
  readonly title: string;
  readonly sentence: string;
  readonly action: Action;
}

export class Page extends Speaker {
  view = $state.raw<View>({ kind: "restoring" });
  override info = $state.raw<AppInfo>(nothingKnown);
  /** Milliseconds; moves only while something on the page counts, and when the window is looked at again. */
  now = $state(Date.now());
  /** The window has room for a second column. */
  roomy = $state(false);
  override language = $state.raw() as Language;
  /** When the session came into its present state, as far as this page knows. */
  since = Date.now();
  readonly commands: Commands;
  readonly timeline: Timeline;
  readonly claims: Claims;
  readonly metadata: Metadata;
  readonly doctor: Doctor;
  readonly setup: Setup;
  readonly over = new Over();
  readonly panels = new Panels();
  readonly bridge: Bridge;
  readonly #speak: (setting: string | null) => Language;

  /** `speak`: the language for the configuration's setting, or for none. */
  constructor(bridge: Bridge, speak: (setting: string | null) => Language) {
    super();
    this.bridge = bridge;
    this.#speak = speak;
    this.language = speak(null);
    this.commands = new Commands(bridge);
    this.timeline = new Timeline(bridge);
    this.claims = new Claims(bridge);
    this.metadata = new Metadata(bridge);
    this.doctor = new Doctor(bridge);
    this.setup = new Setup(bridge);
  }

  /** Shows a view. */
  show(view: View, info: AppInfo | null): void {
    this.now = Date.now();
    if (info) this.#learn(info);
    this.commands.answered();
    if (view.kind !== this.view.kind) {
      this.since = this.now;
      this.over.close();
    }
    if (view.kind !== "signed-in") this.claims.forget();
    if (view.kind !== "unconfigured" && view.kind !== "signing-in") this.setup.forget();
    this.view = view;
    if (view.kind !== "signed-in" || !this.info.editor) this.metadata.forget();
    else this.metadata.begin(`${view.profile.issuer} ${view.profile.sub}`);
    if (view.kind === "signed-out" || this.over.panel === "timeline") void this.timeline.load();
    if (view.kind === "signed-in" && this.claims.wanted) void this.claims.load();
  }

  protected override get called(): string {
    return this.setup.called;
  }

  /** A problem's words. */
  told({ code, clock_ahead: ahead }: Pick<Problem, "code" | "clock_ahead">): Told {
    const { problems, clock } = this.words;
    const { words, action } = treatment(code);
    if (ahead) {
      const time = span(Math.abs(ahead), this.language);
      return {
        title: this.say(clock.title),
        sentence: this.say(ahead < 0 ? clock.slow : clock.fast, { time }),
        action,
      };
    }
    return { title: this.say(problems[words].title), sentence: this.say(problems[words].sentence), action };
  }

  #learn(info: AppInfo): void {
    if ((info.language ?? null) !== (this.info.language ?? null)) this.language = this.#speak(info.language ?? null);
    this.info = info;
  }
}
