// The shape of a language: every text the page can show. A language is one file of this shape; the compiler refuses one that
// misses a reason or a code. Texts may hold {product}, {provider}, {store} and the placeholders named beside them.
import type { Code } from "../bindings/Code";
import type { Step } from "../bindings/Step";
import type { What } from "../bindings/What";
import type { Why } from "../bindings/Why";

/** What a person can do about a problem: the main button. */
export type Action = "sign-in" | "retry" | "use-this-run" | "open-config" | "copy-details";

/** A problem in people's words. */
export interface Wording {
  /** What happened, as a short heading without a full stop. */
  readonly title: string;
  /** What it means and what to do, in one sentence. */
  readonly sentence: string;
  readonly action: Action;
}

/** How one step of a sign-out ended. */
export interface StepWording {
  /** In a few words, without a full stop. */
  readonly state: string;
  /** What that means for the person, where it isn’t plain. */
  readonly note?: string;
}

/** Why nobody is signed in. */
export interface Reason {
  readonly sentence: string;
  readonly action: Action;
}

export interface Catalogue {
  /** BCP 47, for dates and for the page's `lang`. */
  readonly language: string;
  readonly whys: Readonly<Record<Why, Reason>>;
  readonly codes: Readonly<Record<Code, Wording>>;
  /** Why a check failed, where this computer's clock is known to be the reason. {time}: in words */
  readonly clock: { readonly title: string; readonly slow: string; readonly fast: string };
  readonly unknownProvider: string;
  readonly unknownStore: string;
  readonly buttons: {
    readonly signIn: string;
    readonly signInWith: string;
    readonly signInAgain: string;
    readonly cancel: string;
    readonly openAgain: string;
    readonly copyLink: string;
    readonly signOut: string;
    readonly retry: string;
    readonly useThisRun: string;
    readonly copyDetails: string;
    readonly openFolder: string;
    readonly openLogs: string;
    readonly details: string;
  };
  readonly restoring: string;
  readonly signIn: {
    readonly promise: string;
    /** {time}: "at 14:32", "yesterday at 14:32" or "on 12 November at 14:32" */
    readonly lostAnswer: string;
  };
  /** What a sign-out reached: the three rows under "You signed out." */
  readonly receipt: {
    readonly label: string;
    readonly device: { readonly name: string } & Readonly<Record<Step, StepWording>>;
    readonly tokens: { readonly name: string } & Readonly<Record<Step, StepWording>>;
    readonly session: { readonly name: string } & Readonly<Record<Step, StepWording>>;
  };
  /** What happened, in the past tense. */
  readonly timeline: {
    readonly open: string;
    readonly title: string;
    readonly back: string;
    readonly copy: string;
    readonly empty: string;
    /** One sentence for each kind of entry; {what}: a text of `was`, or the heading of the code. */
    readonly lines: Readonly<Record<What["kind"], string>>;
    /** {count}, {time}: "14:32", "yesterday at 14:32" or "12 November, 14:32" */
    readonly renewedOften: string;
    /** {time}: as in `signIn.lostAnswer` */
    readonly lostAnswer: string;
    readonly ends: Readonly<Record<Why, string>>;
    /** Attempts that ended in a way worth a sentence of its own. */
    readonly attempts: Readonly<Partial<Record<Code, string>>>;
    /** What was the matter, without a full stop, where the code’s heading isn’t right for it. */
    readonly was: Readonly<Partial<Record<Code, string>>>;
    /** The same, where this computer’s clock was the reason. {time}: in words */
    readonly clock: { readonly slow: string; readonly fast: string };
  };
  readonly waiting: {
    readonly titles: { readonly preparing: string; readonly waiting: string; readonly finishing: string };
    readonly sentences: { readonly preparing: string; readonly waiting: string; readonly finishing: string };
    /** {time}: m:ss */
    readonly left: string;
    /** {time}: in words */
    readonly leftSpoken: string;
  };
  /** A link arrived that belongs to no sign-in that waits. By what the window shows. */
  readonly stray: Readonly<
    Record<"signed-out" | "signing-in" | "signed-in", { readonly title: string; readonly sentence: string }>
  >;
  readonly signedIn: {
    readonly provider: string;
    readonly since: string;
    readonly renews: string;
    readonly renewing: string;
    readonly ends: string;
    readonly kept: string;
    readonly verified: string;
    readonly notVerified: string;
    readonly facts: string;
    readonly unnamed: string;
  };
  readonly stale: {
    readonly sentence: string;
    /** {time}: "in 20 seconds" or "at 14:32" */
    readonly next: string;
  };
  readonly unsaved: { readonly title: string; readonly sentence: string; readonly short: string };
  readonly thisRun: { readonly title: string; readonly sentence: string };
  readonly unconfigured: {
    readonly title: string;
    readonly sentence: string;
    readonly file: string;
    readonly example: string;
  };
  readonly time: {
    /** {time} */
    readonly at: string;
    readonly today: string;
    readonly tomorrow: string;
    readonly yesterday: string;
    /** {day}, {time} */
    readonly other: string;
    /** Inside a sentence: {time}; {day}, {time} */
    readonly yesterdayAt: string;
    readonly otherAt: string;
    /** Alone. */
    readonly todayAlone: string;
    readonly yesterdayAlone: string;
  };
  readonly said: {
    readonly signedOut: string;
    /** {name} */
    readonly signedIn: string;
    readonly stale: string;
    readonly linkCopied: string;
    readonly detailsCopied: string;
    readonly timelineCopied: string;
  };
  readonly copied: string;
}
