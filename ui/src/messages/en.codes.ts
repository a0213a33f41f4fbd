// English, the problems: one heading, one sentence and one action for every code of the wire.
import type { Catalogue, Wording } from "./catalogue";

const unproven: Wording = {
  title: "The sign-in couldn’t be verified",
  sentence:
    "The answer from {provider} failed a safety check, so it wasn’t used. Try again, and report it if it happens twice.",
  action: "sign-in",
};
const unreadable: Wording = {
  title: "{provider} gave an answer nobody can read",
  sentence: "That’s a fault on their side. Try again, and send them the details if it stays.",
  action: "sign-in",
};
const foreign: Wording = {
  title: "That answer belongs to another sign-in",
  sentence: "It wasn’t used. Start again from this window and finish in the tab that opens.",
  action: "sign-in",
};
const clock: Wording = {
  title: "The clocks don’t agree",
  sentence: "The time on this computer and at {provider} differ too much. Set this computer’s clock, then try again.",
  action: "sign-in",
};
const setup: Wording = {
  title: "{provider} doesn’t accept this app’s settings",
  sentence: "Whoever set up {product} for you needs to look at the details.",
  action: "sign-in",
};

export const codes: Catalogue["codes"] = {
  // the configuration
  "configuration-missing": {
    title: "{product} isn’t set up yet",
    sentence: "Its configuration file names no provider to sign in with.",
    action: "open-config",
  },
  "configuration-invalid": {
    title: "The configuration has a mistake",
    sentence: "Correct the line named below, save the file, then try again.",
    action: "open-config",
  },
  // the network
  offline: {
    title: "{provider} can’t be reached",
    sentence: "Either this computer is offline or {provider} is down. Check your connection, then try again.",
    action: "retry",
  },
  "name-not-found": {
    title: "{provider} can’t be found",
    sentence: "This network doesn’t know its address. Check your connection or VPN, then try again.",
    action: "retry",
  },
  certificate: {
    title: "The connection isn’t private",
    sentence:
      "Something between this computer and {provider} isn’t trusted. Check the network and the clock, then try again.",
    action: "retry",
  },
  "provider-silent": {
    title: "{provider} doesn’t answer",
    sentence: "It took too long. Try again in a moment.",
    action: "retry",
  },
  "provider-fault": {
    title: "{provider} has a problem",
    sentence: "Its server reported a fault of its own. Try again in a moment.",
    action: "retry",
  },
  "provider-busy": {
    title: "{provider} is busy",
    sentence: "It asks everyone to wait a little. Try again in a moment.",
    action: "retry",
  },
  "not-json": {
    title: "A web page answered instead of {provider}",
    sentence: "This network may want you to log in to it first. Open a browser, then try again.",
    action: "retry",
  },
  "too-large": unreadable,
  // the provider's description of itself
  "discovery-invalid": {
    title: "{provider} couldn’t be set up",
    sentence: "What it says about itself is incomplete. Whoever set up {product} for you needs to look at the details.",
    action: "retry",
  },
  "issuer-mismatch": {
    title: "This is not the provider that was configured",
    sentence: "The address in the configuration answers under another name, so nothing was sent to it.",
    action: "open-config",
  },
  "insecure-endpoint": {
    title: "{provider} isn’t reached safely",
    sentence: "It names an address without encryption, so nothing was sent to it.",
    action: "retry",
  },
  // the browser
  "browser-failed": {
    title: "Your browser didn’t open",
    sentence: "Check that this computer has a default browser, then try again.",
    action: "sign-in",
  },
  cancelled: {
    title: "Sign-in cancelled",
    sentence: "Nothing has changed. Start again whenever you like.",
    action: "sign-in",
  },
  "timed-out": {
    title: "The time ran out",
    sentence: "The sign-in wasn’t finished in the browser. Start again, and take the newest tab.",
    action: "sign-in",
  },
  busy: {
    title: "One thing at a time",
    sentence: "{product} is still at work on the last step. Wait a moment.",
    action: "retry",
  },
  closing: { title: "{product} is closing", sentence: "Open it again to go on.", action: "sign-in" },
  // the way back from the browser
  "no-attempt": {
    title: "No sign-in was waiting",
    sentence: "That tab belongs to an earlier sign-in. Start again from this window.",
    action: "sign-in",
  },
  "state-mismatch": foreign,
  "callback-malformed": unproven,
  "parameter-repeated": unproven,
  "code-and-error": unproven,
  denied: {
    title: "You weren’t signed in",
    sentence: "The request was declined at {provider}. Start again if you didn’t mean that.",
    action: "sign-in",
  },
  "provider-refused": {
    title: "{provider} refused the sign-in",
    sentence: "Try again, and send the details to whoever runs {provider} if it stays.",
    action: "sign-in",
  },
  // code exchange and renewal
  "invalid-grant": {
    title: "{provider} ended the session",
    sentence: "Sign in again to go on.",
    action: "sign-in",
  },
  "invalid-client": setup,
  "invalid-scope": setup,
  "interaction-required": {
    title: "{provider} wants to see you",
    sentence: "It asks you to confirm something in the browser. Sign in again to go on.",
    action: "sign-in",
  },
  "token-malformed": unreadable,
  "token-type": unreadable,
  // proof of who signed in
  "id-token-missing": unproven,
  "id-token-malformed": unproven,
  "id-token-algorithm": unproven,
  "id-token-key": unproven,
  "id-token-signature": unproven,
  "id-token-issuer": unproven,
  "id-token-audience": unproven,
  "id-token-authorized-party": unproven,
  "id-token-expired": clock,
  "id-token-issued-at": clock,
  "id-token-not-before": clock,
  "id-token-nonce": foreign,
  "id-token-subject": {
    title: "Somebody else answered",
    sentence: "{provider} answered for another person than the one signed in, so it wasn’t used.",
    action: "sign-in",
  },
  "id-token-hash": unproven,
  "id-token-auth-time": {
    title: "That sign-in is too old",
    sentence: "{provider} reused an earlier sign-in. Sign in again with your password there.",
    action: "sign-in",
  },
  // the profile
  "userinfo-unusable": {
    title: "Your profile couldn’t be read",
    sentence: "You’re signed in, but {provider} didn’t send your name and picture.",
    action: "retry",
  },
  "userinfo-subject": {
    title: "The profile belongs to somebody else",
    sentence: "{provider} sent another person’s profile, so it wasn’t used.",
    action: "retry",
  },
  // the session
  "no-refresh-token": {
    title: "This session can’t be renewed",
    sentence: "{provider} allows it only until it runs out. Then you sign in again.",
    action: "sign-in",
  },
  "not-signed-in": { title: "Nobody is signed in", sentence: "Sign in first.", action: "sign-in" },
  // where the session is kept
  "store-missing": {
    title: "There’s no place to keep your session",
    sentence: "This computer’s password store ({store}) isn’t running. Start it and try again, or go on without it.",
    action: "retry",
  },
  "store-locked": {
    title: "{store} is locked",
    sentence: "Your session is in there, safe. Unlock it, then try again.",
    action: "retry",
  },
  "store-silent": {
    title: "{store} doesn’t answer",
    sentence: "It may be waiting for a password in another window. Look for it, then try again.",
    action: "retry",
  },
  "store-broken": {
    title: "{store} doesn’t work",
    sentence: "It reported a fault of its own. Try again, or go on without it.",
    action: "retry",
  },
  "store-full": {
    title: "{store} has no room",
    sentence: "The session is too big for it. You can go on without saving it.",
    action: "use-this-run",
  },
  "record-unreadable": {
    title: "Your saved session can’t be read",
    sentence:
      "It’s damaged, or a newer version of {product} wrote it. Update {product} and try again, or go on without it.",
    action: "retry",
  },
  // the rest
  "loopback-unavailable": {
    title: "The browser has no way back",
    sentence: "Other software blocks local connections on this computer. Allow them for {product}, then try again.",
    action: "sign-in",
  },
  "logout-incomplete": {
    title: "{provider} wasn’t told",
    sentence: "You’re signed out here, but your browser may still be signed in there.",
    action: "sign-in",
  },
  internal: {
    title: "Something went wrong",
    sentence: "The fault is in {product}. Try again, and send the details to whoever gave you {product} if it stays.",
    action: "retry",
  },
  "unknown-command": {
    title: "{product} doesn’t know that command",
    sentence: "The window and the app may be of different versions. Quit {product} and open it again.",
    action: "retry",
  },
};
