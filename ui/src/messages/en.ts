// English. Plain words: what happened, what to do. Nobody needs to know what a token is to read this.
import type { Catalogue } from "./catalogue";
import { codes } from "./en.codes";

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
    receiptPending: "{provider} hasn’t been told yet; that follows by itself.",
    receiptFailed: "{provider} couldn’t be told, so your browser may still be signed in there.",
  },
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
  unsaved: { title: "This session isn’t saved" },
  thisRun: {
    title: "Signed in for this run only",
    sentence: "When you quit {product}, this session is forgotten.",
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
  },
  said: {
    signedOut: "Signed out.",
    signedIn: "Signed in as {name}.",
    stale: "You stay signed in, but {provider} can’t be asked right now.",
    linkCopied: "Link copied.",
    detailsCopied: "Details copied.",
  },
  copied: "Copied",
};
