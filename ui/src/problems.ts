// What a person can do about each problem, and which words of the catalogue tell of it. The compiler refuses a code without either.
import type { Code } from "./bindings/Code";
import type { Catalogue } from "./messages/catalogue";

/** The main button of a problem. */
export type Action = "sign-in" | "retry" | "use-this-run" | "open-config";

export interface Treatment {
  readonly words: keyof Catalogue["problems"];
  readonly action: Action;
}

const as = (words: Treatment["words"], action: Action): Treatment => ({ words, action });

export const problems: Readonly<Record<Code, Treatment>> = {
  // the configuration
  "configuration-missing": as("configuration-missing", "open-config"),
  "configuration-invalid": as("configuration-invalid", "open-config"),
  // the network
  offline: as("offline", "retry"),
  "name-not-found": as("name-not-found", "retry"),
  certificate: as("certificate", "retry"),
  "provider-silent": as("provider-silent", "retry"),
  "provider-fault": as("provider-fault", "retry"),
  "provider-busy": as("provider-busy", "retry"),
  "not-json": as("not-json", "retry"),
  "too-large": as("unreadable", "sign-in"),
  // the provider's description of itself
  "discovery-invalid": as("discovery-invalid", "retry"),
  "issuer-mismatch": as("issuer-mismatch", "open-config"),
  "insecure-endpoint": as("insecure-endpoint", "retry"),
  // the browser
  "browser-failed": as("browser-failed", "sign-in"),
  cancelled: as("cancelled", "sign-in"),
  "timed-out": as("timed-out", "sign-in"),
  busy: as("busy", "retry"),
  closing: as("closing", "sign-in"),
  "loopback-unavailable": as("loopback-unavailable", "sign-in"),
  "request-too-long": as("request-too-long", "sign-in"),
  "device-not-offered": as("device-not-offered", "sign-in"),
  "paste-unusable": as("paste-unusable", "sign-in"),
  "another-account": as("another-account", "sign-in"),
  // the first run
  "address-invalid": as("address-invalid", "retry"),
  "address-insecure": as("address-insecure", "retry"),
  "not-a-provider": as("not-a-provider", "retry"),
  "configuration-unwritable": as("configuration-unwritable", "retry"),
  // the way back from the browser
  "no-attempt": as("no-attempt", "sign-in"),
  "state-mismatch": as("foreign", "sign-in"),
  "callback-malformed": as("unproven", "sign-in"),
  "parameter-repeated": as("unproven", "sign-in"),
  "code-and-error": as("unproven", "sign-in"),
  denied: as("denied", "sign-in"),
  "provider-refused": as("provider-refused", "sign-in"),
  // code exchange and renewal
  "invalid-grant": as("invalid-grant", "sign-in"),
  "invalid-client": as("setup", "sign-in"),
  "invalid-scope": as("setup", "sign-in"),
  "interaction-required": as("interaction-required", "sign-in"),
  "token-malformed": as("unreadable", "sign-in"),
  "token-type": as("unreadable", "sign-in"),
  // proof of who signed in
  "id-token-missing": as("unproven", "sign-in"),
  "id-token-malformed": as("unproven", "sign-in"),
  "id-token-algorithm": as("unproven", "sign-in"),
  "id-token-key": as("unproven", "sign-in"),
  "id-token-signature": as("unproven", "sign-in"),
  "id-token-issuer": as("unproven", "sign-in"),
  "id-token-audience": as("unproven", "sign-in"),
  "id-token-authorized-party": as("unproven", "sign-in"),
  "id-token-expired": as("clocks", "sign-in"),
  "id-token-issued-at": as("clocks", "sign-in"),
  "id-token-not-before": as("clocks", "sign-in"),
  "id-token-nonce": as("foreign", "sign-in"),
  "id-token-subject": as("id-token-subject", "sign-in"),
  "id-token-hash": as("unproven", "sign-in"),
  "id-token-auth-time": as("id-token-auth-time", "sign-in"),
  // the profile
  "userinfo-unusable": as("userinfo-unusable", "retry"),
  "userinfo-subject": as("userinfo-subject", "retry"),
  // the session
  "no-refresh-token": as("no-refresh-token", "sign-in"),
  "not-signed-in": as("not-signed-in", "sign-in"),
  // where the session is kept
  "store-missing": as("store-missing", "retry"),
  "store-locked": as("store-locked", "retry"),
  "store-silent": as("store-silent", "retry"),
  "store-broken": as("store-broken", "retry"),
  "store-full": as("store-full", "use-this-run"),
  "record-unreadable": as("record-unreadable", "retry"),
  // the rest
  "logout-incomplete": as("logout-incomplete", "sign-in"),
  internal: as("internal", "retry"),
  "unknown-command": as("unknown-command", "retry"),
};

/** What to do about a code. One this page doesn't know (an older page, a newer core) is treated as `internal`. */
export function treatment(code: Code): Treatment {
  return Object.hasOwn(problems, code) ? problems[code] : problems.internal;
}
