// Every state with sample data, for the mock and for the tests. The times are relative to when they are asked for.
import type { Code } from "../bindings/Code";
import type { Problem } from "../bindings/Problem";
import type { Profile } from "../bindings/Profile";
import type { Receipt } from "../bindings/Receipt";
import type { View } from "../bindings/View";
import { device, plainDevice } from "./lane";

const minute = 60_000;

/** Where the configuration is. */
export const sampleFile = `/home/ada/.config/${__NAMES__.identifier}/${__NAMES__.program}.toml`;

export const ada: Profile = {
  issuer: "https://id.acme.example/",
  sub: "ada",
  name: "Ada Park",
  preferred_username: "ada",
  email: "ada@example.com",
  email_verified: true,
  picture: "https://id.acme.example/people/ada.png",
};

const hostile: Profile = {
  issuer: "https://id.acme.example/",
  sub: "x".repeat(255),
  name: `<b>Ada</b>\n\u202egpj.kraP ${"Wolfeschlegelsteinhausenbergerdorff ".repeat(280)}`,
  email: `${"a".repeat(180)}@${"very-long-label.".repeat(4)}example.com`,
  email_verified: false,
};

export function problem(code: Code, more: Partial<Problem> = {}): Problem {
  return { code, stage: "refresh", fault: "machine", retryable: true, ...more };
}

type SignedIn = Extract<View, { kind: "signed-in" }>;

function withoutRenewal(view: SignedIn): SignedIn {
  delete view.renews_at;
  return view;
}

/** All samples by name. */
export function samples(now: number): Record<string, View> {
  const at = (offset: number) => new Date(now + offset).toISOString();
  const signedIn = (more: Partial<SignedIn> = {}): SignedIn => ({
    kind: "signed-in",
    profile: ada,
    since: at(-26 * 60 * minute),
    freshness: { kind: "fresh" },
    kept: { kind: "stored" },
    renews_at: at(4 * minute),
    ...more,
  });
  const stale = (what: Problem, retry?: number): SignedIn =>
    signedIn({
      freshness: { kind: "stale", since: at(-3 * minute), problem: what, ...(retry ? { retry_at: at(retry) } : {}) },
    });
  const signedOut = (why: Extract<View, { kind: "signed-out" }>["why"], attempt?: Problem): View => ({
    kind: "signed-out",
    why,
    ...(attempt ? { last_attempt: attempt } : {}),
  });
  const leaving = (receipt: Receipt): View => ({ kind: "signed-out", why: "by-user", receipt });
  type SigningIn = Extract<View, { kind: "signing-in" }>;
  const signingIn = (phase: SigningIn["phase"], more: Partial<SigningIn> = {}): SigningIn => ({
    kind: "signing-in",
    how: "deep-link",
    phase,
    deadline: at(5 * minute - 13_000),
    ...more,
  });
  const onDevice = { how: "device", device_offered: true } as const;
  const store = { stage: "store", fault: "machine" } as const;
  return {
    unconfigured: { kind: "unconfigured" },
    "unconfigured-settings": {
      kind: "unconfigured",
      last_attempt: problem("invalid-client", {
        stage: "token",
        fault: "configuration",
        retryable: false,
        detail: "HTTP 401: invalid_client",
      }),
    },
    restoring: { kind: "restoring" },
    "signed-out": signedOut("never"),
    "signed-out-by-user": leaving({ device: "done", tokens: "done", provider_session: "failed" }),
    "signed-out-done": leaving({ device: "done", tokens: "done", provider_session: "done" }),
    "signed-out-under-way": leaving({ device: "done", tokens: "pending", provider_session: "pending" }),
    "signed-out-offline": leaving({ device: "done", tokens: "pending", provider_session: "skipped" }),
    "signed-out-locked": leaving({ device: "pending", tokens: "pending", provider_session: "failed" }),
    "signed-out-kept": leaving({ device: "failed", tokens: "failed", provider_session: "skipped" }),
    "signed-out-nothing": leaving({ device: "skipped", tokens: "skipped", provider_session: "skipped" }),
    "signed-out-ended": signedOut("ended-by-provider"),
    "signed-out-lost-answer": { kind: "signed-out", why: "ended-by-provider", lost_answer: at(-40 * minute) },
    "signed-out-expired": signedOut("expired"),
    "signed-out-ceiling": signedOut("ceiling"),
    "signed-out-store-lost": signedOut("store-lost"),
    "signed-out-elsewhere": signedOut("elsewhere"),
    "attempt-another-account": signedOut(
      "ended-by-provider",
      problem("another-account", { stage: "id-token", fault: "person", retryable: false }),
    ),
    "attempt-cancelled": signedOut(
      "never",
      problem("cancelled", { stage: "browser", fault: "person", retryable: false }),
    ),
    "attempt-denied": signedOut("never", problem("denied", { stage: "callback", fault: "person", retryable: false })),
    "attempt-timed-out": signedOut("never", problem("timed-out", { stage: "browser", fault: "person" })),
    "attempt-browser": signedOut(
      "never",
      problem("browser-failed", { stage: "browser", detail: "xdg-open: exit status 3" }),
    ),
    "attempt-offline": signedOut(
      "expired",
      problem("offline", { stage: "discovery", detail: "connect: Network is unreachable (os error 101)" }),
    ),
    "attempt-not-found": signedOut(
      "never",
      problem("name-not-found", { stage: "discovery", detail: "id.acme.example: no such host" }),
    ),
    "attempt-portal": signedOut(
      "never",
      problem("not-json", { stage: "discovery", detail: "HTTP 200, text/html where JSON was expected" }),
    ),
    "attempt-unproven": signedOut(
      "never",
      problem("id-token-signature", {
        stage: "id-token",
        fault: "provider",
        retryable: false,
        detail: "no key of the provider fits the signature",
      }),
    ),
    "attempt-settings": signedOut(
      "never",
      problem("invalid-client", {
        stage: "token",
        fault: "configuration",
        retryable: false,
        detail: "HTTP 401: invalid_client",
      }),
    ),
    "attempt-clock": signedOut(
      "never",
      problem("id-token-issued-at", {
        stage: "id-token",
        detail: "iat is 2026-11-20T21:04:00Z, 8 minutes from now; leeway 60 s",
      }),
    ),
    "attempt-clock-slow": signedOut(
      "never",
      problem("id-token-issued-at", {
        stage: "id-token",
        retryable: false,
        detail:
          "the ID token was issued 840 seconds in the future by this computer's clock; this computer's clock is 14 minutes behind the provider's",
        clock_ahead: -840,
      }),
    ),
    "attempt-certificate": signedOut(
      "ended-by-provider",
      problem("certificate", {
        stage: "discovery",
        detail:
          'the certificate of id.acme.example was issued by "CN=Acme Proxy CA, O=Acme", which this computer does not trust',
      }),
    ),
    "signing-in-preparing": signingIn("preparing"),
    "signing-in": signingIn("waiting", { device_offered: true }),
    "signing-in-nearly-over": signingIn("waiting", { deadline: at(28_000) }),
    "signing-in-loopback": signingIn("waiting", { how: "loopback" }),
    "signing-in-not-registered": signingIn("waiting", { how: "loopback", detour: { why: "not-registered" } }),
    "signing-in-link-lost": signingIn("waiting", {
      how: "loopback",
      device_offered: true,
      detour: {
        why: "link-lost",
        finding: `Links that begin with ${__NAMES__.identifier}: start this program, but without the link.`,
      },
    }),
    "signing-in-device-preparing": signingIn("preparing", onDevice),
    "signing-in-device": signingIn("waiting", { ...onDevice, device: device(at(5 * minute)) }),
    "signing-in-device-plain": signingIn("waiting", { ...onDevice, device: plainDevice(at(5 * minute)) }),
    "signing-in-choosing": signingIn("choosing", {
      choice: {
        expected: { name: "Ada Park", login: "ada@example.com" },
        came: { name: "Benoît Okafor", login: "benoit@example.com" },
      },
    }),
    "signing-in-choosing-hostile": signingIn("choosing", {
      choice: {
        expected: { name: "Ada Park" },
        came: { name: hostile.name, login: hostile.email ?? "" },
      },
    }),
    "signing-in-finishing": signingIn("finishing"),
    "signing-in-stray": { ...signingIn("waiting"), stray: true },
    "signed-out-stray": { kind: "signed-out", why: "by-user", stray: true },
    "signed-in": signedIn(),
    "signed-in-stray": signedIn({ stray: true }),
    "signed-in-refreshing": signedIn({ freshness: { kind: "refreshing" } }),
    "signed-in-no-picture": signedIn({
      profile: {
        issuer: ada.issuer,
        sub: "chiyo",
        name: "Chiyo Lind",
        email: "chiyo@example.com",
        email_verified: false,
      },
    }),
    "signed-in-broken-picture": signedIn({ profile: { ...ada, picture: "https://id.acme.example/broken" } }),
    "signed-in-ends": withoutRenewal({ ...signedIn(), ends_at: at(50 * minute) }),
    "signed-in-hostile": signedIn({ profile: hostile }),
    "signed-in-right-to-left": signedIn({
      profile: { ...ada, name: "ليلى حداد", picture: "https://id.acme.example/broken" },
    }),
    "signed-in-this-run": signedIn({ kept: { kind: "this-run" } }),
    "signed-in-unsaved": signedIn({
      kept: {
        kind: "unsaved",
        since: at(-minute),
        problem: problem("store-locked", { ...store, detail: "NoStorageAccess(Prompt)" }),
      },
    }),
    "stale-offline": stale(problem("offline", { detail: "connect: Network is unreachable (os error 101)" }), 22_000),
    "stale-busy": stale(
      problem("provider-busy", { fault: "provider", detail: "HTTP 503, Retry-After: 600" }),
      10 * minute,
    ),
    "stale-sign-in": stale(
      problem("interaction-required", { fault: "provider", retryable: false, detail: "interaction_required" }),
    ),
    "stale-settings": stale(
      problem("invalid-client", { fault: "configuration", retryable: false, detail: "invalid_client" }),
    ),
    "stale-scope": stale(
      problem("invalid-scope", { fault: "configuration", retryable: false, detail: "invalid_scope" }),
    ),
    "stale-clock-fast": stale(
      problem("id-token-expired", {
        retryable: false,
        detail:
          "the ID token ended 6900 seconds ago by this computer's clock; this computer's clock is 2 hours ahead of the provider's",
        clock_ahead: 7203,
      }),
      15 * minute,
    ),
    "stale-unsaved": {
      ...stale(problem("offline", { detail: "connect: Network is unreachable (os error 101)" }), 22_000),
      kept: { kind: "unsaved", since: at(-minute), problem: problem("store-locked", store) },
    },
    "blocked-locked": {
      kind: "blocked",
      problem: problem("store-locked", { ...store, detail: "Secret Service: the collection is locked" }),
    },
    "blocked-missing": {
      kind: "blocked",
      problem: problem("store-missing", { ...store, detail: "org.freedesktop.secrets: ServiceUnknown" }),
    },
    "blocked-silent": {
      kind: "blocked",
      problem: problem("store-silent", { ...store, detail: "no answer within 5 s" }),
    },
    "blocked-broken": {
      kind: "blocked",
      problem: problem("store-broken", { ...store, detail: "org.freedesktop.DBus.Error.NoReply" }),
    },
    "blocked-full": {
      kind: "blocked",
      problem: problem("store-full", { ...store, retryable: false, detail: "TooLong: 2560" }),
    },
    "blocked-unreadable": { kind: "blocked", problem: problem("record-unreadable", { ...store, retryable: false }) },
    "blocked-configuration": {
      kind: "blocked",
      problem: problem("configuration-invalid", {
        stage: "configuration",
        fault: "configuration",
        retryable: false,
        detail: `${sampleFile}:4: provider.isuer: unknown key; did you mean “issuer”?`,
      }),
    },
    "blocked-internal": {
      kind: "blocked",
      problem: problem("internal", { stage: "store", fault: "us", detail: "unexpected" }),
    },
  };
}
