// Samples of the sign-in lane for the mock and the tests: another device, and providers that are asked in the first run.
import type { Device } from "../bindings/Device";
import type { Finding } from "../bindings/Finding";
import type { Offer } from "../bindings/Offer";
import type { Offered } from "../bindings/Offered";
import type { ProbedProvider } from "../bindings/ProbedProvider";

/** https://id.acme.example/device?user_code=WDJB-MJHT */
const qr = {
  size: 41,
  path: "M4 4.5h7m1 0h1m2 0h1m1 0h2m2 0h2m3 0h1m3 0h7M4 5.5h1m5 0h1m1 0h1m1 0h1m2 0h2m1 0h1m1 0h3m1 0h1m3 0h1m5 0h1M4 6.5h1m1 0h3m1 0h1m1 0h1m1 0h1m2 0h2m1 0h1m2 0h1m1 0h4m1 0h1m1 0h3m1 0h1M4 7.5h1m1 0h3m1 0h1m3 0h2m2 0h1m1 0h1m1 0h1m1 0h1m3 0h1m1 0h1m1 0h3m1 0h1M4 8.5h1m1 0h3m1 0h1m1 0h2m1 0h1m3 0h2m5 0h1m3 0h1m1 0h3m1 0h1M4 9.5h1m5 0h1m7 0h4m1 0h1m3 0h1m2 0h1m5 0h1M4 10.5h7m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h7M14 11.5h1m2 0h1m1 0h2m1 0h1m3 0h1M4 12.5h1m2 0h6m2 0h1m4 0h2m2 0h1m2 0h3m2 0h1m1 0h3M6 13.5h1m2 0h1m1 0h1m1 0h1m2 0h2m1 0h1m1 0h3m1 0h3m4 0h3M6 14.5h1m2 0h5m1 0h1m1 0h1m1 0h2m4 0h3m1 0h2m1 0h5M7 15.5h1m1 0h1m1 0h1m5 0h1m2 0h1m1 0h1m1 0h1m2 0h2m2 0h1m2 0h3M4 16.5h1m1 0h1m3 0h1m2 0h1m1 0h1m1 0h1m3 0h1m4 0h3m1 0h2m3 0h2M6 17.5h1m1 0h2m1 0h1m2 0h1m3 0h1m3 0h3m2 0h3m1 0h1m1 0h2M4 18.5h2m3 0h2m1 0h2m4 0h2m3 0h3m1 0h1m2 0h1m2 0h2M6 19.5h2m3 0h1m8 0h1m3 0h1m4 0h1m1 0h1m1 0h2m1 0h1M5 20.5h2m3 0h3m1 0h3m2 0h1m2 0h1m1 0h1m3 0h5M4 21.5h2m2 0h2m1 0h1m1 0h1m4 0h2m1 0h6m3 0h1m1 0h1m1 0h3M4 22.5h1m1 0h1m2 0h2m1 0h4m2 0h6m1 0h1m1 0h2m1 0h2m1 0h2m1 0h1M6 23.5h1m2 0h1m2 0h1m2 0h6m2 0h5m2 0h1m1 0h3m1 0h1M4 24.5h1m5 0h2m1 0h3m1 0h1m1 0h2m1 0h2m2 0h4m1 0h1m1 0h1M4 25.5h1m1 0h2m1 0h1m1 0h2m3 0h2m3 0h1m3 0h1m3 0h1m1 0h2m1 0h1M4 26.5h1m1 0h2m2 0h1m1 0h3m1 0h1m1 0h1m4 0h2m1 0h3m3 0h2m1 0h2M4 27.5h1m2 0h2m2 0h1m2 0h2m1 0h1m1 0h1m1 0h1m1 0h2m1 0h4m2 0h1m1 0h2M4 28.5h2m1 0h1m1 0h3m1 0h4m1 0h1m5 0h1m2 0h6m1 0h2M12 29.5h2m2 0h1m2 0h4m5 0h1m3 0h1m1 0h1M4 30.5h7m1 0h3m1 0h1m2 0h1m1 0h1m1 0h1m1 0h1m1 0h2m1 0h1m1 0h1m1 0h1M4 31.5h1m5 0h1m1 0h2m7 0h2m1 0h1m1 0h1m1 0h1m3 0h4M4 32.5h1m1 0h3m1 0h1m1 0h10m1 0h2m2 0h6m2 0h1M4 33.5h1m1 0h3m1 0h1m1 0h1m1 0h1m1 0h1m3 0h3m4 0h3m1 0h1m4 0h1M4 34.5h1m1 0h3m1 0h1m2 0h2m1 0h2m1 0h1m1 0h1m1 0h3m2 0h2m1 0h2m2 0h2M4 35.5h1m5 0h1m11 0h1m1 0h1m1 0h1m4 0h6M4 36.5h7m1 0h1m2 0h1m2 0h4m2 0h1m3 0h1m2 0h2",
};

/** What another device needs; `expires`: RFC 3339. */
export const device = (expires: string): Device => ({
  user_code: "WDJB-MJHT",
  verification_uri: "https://id.acme.example/device",
  verification_uri_complete: "https://id.acme.example/device?user_code=WDJB-MJHT",
  host: "id.acme.example",
  expires_at: expires,
  qr,
});

/** One without a QR code, and with longer texts. */
export const plainDevice = (expires: string): Device => ({
  user_code: "4719 0226 8135",
  verification_uri: "https://accounts.north.acme.example:8443/realms/people/device",
  host: "accounts.north.acme.example:8443",
  expires_at: expires,
});

const order: Offered[] = [
  "pkce",
  "refresh",
  "revocation",
  "end-session",
  "userinfo",
  "device",
  "pushed-requests",
  "issuer-in-callbacks",
  "select-account",
];
const offers = (...lacking: Offered[]): Offer[] =>
  order.map((what) => ({
    what,
    ...(what === "pkce" && lacking.includes(what) ? {} : { offered: !lacking.includes(what) }),
  }));

const provider: ProbedProvider = {
  issuer: "https://id.acme.example/",
  host: "id.acme.example",
  certified_by: "Acme Proxy CA",
  offers: offers("pushed-requests", "end-session"),
  findings: [],
};

/** What is found of links after they were registered again, by name. */
export const repairs: Readonly<Record<string, Finding>> = {
  usual: {
    check: "handler",
    verdict: "ok",
    sentence: `A link that begins with ${__NAMES__.identifier}: arrives, at the running app.`,
    facts: {},
  },
  lost: {
    check: "handler",
    verdict: "warning",
    sentence: `A link that begins with ${__NAMES__.identifier}: did not arrive within 15 seconds.`,
    action: "Install it anew.",
    facts: {},
  },
};

/** All samples by name. */
export const providers: Readonly<Record<string, ProbedProvider>> = {
  usual: provider,
  poor: {
    ...provider,
    offers: offers(...order.filter((what) => what !== "userinfo")),
    findings: [
      {
        check: "clock",
        verdict: "warning",
        sentence: "This computer's clock is 14 minutes behind the provider's.",
        action: "Set the clock.",
        facts: {},
      },
    ],
  },
};
