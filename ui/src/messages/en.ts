// English. Plain words: what happened, what to do. Nobody needs to know what a token is to read this.
import type { Catalogue } from "./catalogue";
import { codes } from "./en.codes";
import { timeline } from "./en.timeline";

export const en: Catalogue = {
  language: "en",
  whys: {
    never: { sentence: "You sign in with your own browser and come straight back here.", action: "sign-in" },
    "by-user": { sentence: "You signed out.", action: "sign-in" },
    "ended-by-provider": { sentence: "{provider} ended your session. Sign in again to go on.", action: "sign-in" },
    expired: { sentence: "Your session ran out. Sign in again to go on.", action: "sign-in" },
    ceiling: { sentence: "A session here lasts only so long. It’s time to sign in again.", action: "sign-in" },
    "store-lost": {
      sentence: "Your saved session is no longer in {store}. Sign in again to go on.",
      action: "sign-in",
    },
    elsewhere: { sentence: "You signed out in another window of {product}.", action: "sign-in" },
  },
  codes,
  clock: {
    title: "Your computer’s clock is wrong",
    slow: "Your computer’s clock is {time} slow. Set it right and try again.",
    fast: "Your computer’s clock is {time} fast. Set it right and try again.",
  },
  unknownProvider: "your provider",
  unknownStore: "the password store",
  buttons: {
    signIn: "Sign in",
    signInWith: "Sign in with {provider}",
    signInAgain: "Sign in again",
    cancel: "Cancel",
    openAgain: "Open the browser again",
    copyLink: "Copy link",
    signOut: "Sign out",
    retry: "Try again",
    useThisRun: "Use for this run only",
    copyDetails: "Copy details",
    openFolder: "Open folder",
    openLogs: "Open logs",
    details: "Details",
  },
  restoring: "Opening your session…",
  signIn: {
    promise: "{product} never sees your password.",
    lostAnswer:
      "{provider} ended your session. An answer from it was lost {time}, and the next try was refused. Sign in again to go on.",
  },
  receipt: {
    label: "What the sign-out reached",
    device: {
      name: "This computer",
      done: { state: "Session removed" },
      pending: {
        state: "Session forgotten",
        note: "{store} is locked. The session is removed from it as soon as it opens, and can’t come back before that.",
      },
      skipped: { state: "Nothing was saved" },
      failed: {
        state: "Session not removed",
        note: "{store} didn’t let go of it, so the next start may bring it back.",
      },
    },
    tokens: {
      name: "{provider}",
      done: { state: "Access ended" },
      pending: { state: "Told once it can be reached" },
      skipped: { state: "Nothing to end" },
      failed: {
        state: "Couldn’t be told",
        note: "To be sure, end the access of {product} in your account there.",
      },
    },
    session: {
      name: "Your browser",
      done: { state: "Signed out there too" },
      pending: { state: "Asked to sign out" },
      skipped: { state: "Left as it is" },
      failed: { state: "May still be signed in" },
    },
  },
  timeline,
  waiting: {
    titles: {
      preparing: "Opening your browser",
      waiting: "Continue in your browser",
      finishing: "Signing you in",
    },
    sentences: {
      preparing: "Getting ready to sign in with {provider}.",
      waiting: "Sign in with {provider} there. This window goes on by itself.",
      finishing: "Checking the answer from {provider}.",
    },
    left: "{time} left",
    leftSpoken: "{time} left to sign in",
  },
  stray: {
    "signed-out": {
      title: "That link is no longer good",
      sentence: "No sign-in is waiting for it. To sign in, start again here.",
    },
    "signing-in": {
      title: "That link belongs to another sign-in",
      sentence: "It changed nothing. This one still waits: go on in the newest tab, or open the browser again.",
    },
    "signed-in": {
      title: "That link is no longer good",
      sentence: "No sign-in is waiting for it, and it changed nothing. You can close its tab.",
    },
  },
  signedIn: {
    provider: "Provider",
    since: "Signed in",
    renews: "Renews",
    renewing: "Renewing…",
    ends: "Ends",
    kept: "Kept in",
    verified: "Verified",
    notVerified: "Not verified",
    facts: "Your session",
    unnamed: "Signed in",
  },
  stale: {
    sentence: "You stay signed in.",
    next: "Next try {time}.",
  },
  unsaved: {
    title: "This session isn’t saved yet",
    sentence: "Your session is saved as soon as {store} opens. Until then it ends when you quit {product}.",
    short: "Saved as soon as {store} opens.",
  },
  thisRun: {
    title: "Signed in for this run only",
    sentence: "Your session is kept in {store} as soon as that opens. Until then it ends when you quit {product}.",
  },
  unconfigured: {
    title: "Choose a provider",
    sentence: "{product} doesn’t know yet where you sign in. Put these lines, with your own values, into its file.",
    file: "The file",
    example: "What to write",
  },
  time: {
    at: "at {time}",
    today: "Today, {time}",
    tomorrow: "Tomorrow, {time}",
    yesterday: "Yesterday, {time}",
    other: "{day}, {time}",
    yesterdayAt: "yesterday at {time}",
    otherAt: "on {day} at {time}",
    todayAlone: "Today",
    yesterdayAlone: "Yesterday",
  },
  said: {
    signedOut: "Signed out.",
    signedIn: "Signed in as {name}.",
    stale: "You stay signed in, but {provider} can’t be asked right now.",
    linkCopied: "Link copied.",
    detailsCopied: "Details copied.",
    timelineCopied: "Copied what happened.",
  },
  copied: "Copied",
};
