// Reports of the health check with sample data, for the mock and for the tests.
import type { Finding } from "../bindings/Finding";
import type { Report } from "../bindings/Report";
import { sampleFile } from "./samples";

const ok = (check: Finding["check"], sentence: string): Finding => ({ check, verdict: "ok", sentence, facts: {} });

const usual: Finding[] = [
  ok("versions", `This is ${__NAMES__.product} 0.1.0, ${__NAMES__.identifier}.`),
  ok("configuration", "The configuration is in order: sign-ins are at https://id.acme.example/."),
  ok("handler", `A link that begins with ${__NAMES__.identifier}: arrives, at the running app.`),
  ok("store", "The credential store (GNOME Keyring) keeps what is written to it."),
  ok("proxy", "Requests to id.acme.example go through the proxy proxy.acme.example:3128."),
  ok("discovery", "The provider answers and is the configured one, https://id.acme.example/."),
  ok("keys", "The provider publishes keys that ID tokens can be checked with."),
  ok("offers", "The provider offers all that a sign-out needs."),
  ok("certificate", 'The connection is trusted: its certificate was issued by "CN=Acme Proxy CA, O=Acme".'),
  ok("clock", "This computer's clock agrees with the provider's."),
];

const instead = (...others: Finding[]): Finding[] =>
  usual.map((finding) => others.find(({ check }) => check === finding.check) ?? finding);

/** All samples by name. */
export const reports: Readonly<Record<string, Report>> = {
  usual: { findings: usual },
  worth: {
    findings: instead(
      {
        check: "handler",
        verdict: "warning",
        sentence: `No program is registered for links that begin with ${__NAMES__.identifier}:. Sign-ins come back by loopback instead.`,
        action: "Start the app once: it registers itself where no package did.",
        facts: {},
      },
      { check: "certificate", verdict: "skipped", sentence: "The provider is on this computer.", facts: {} },
    ),
  },
  broken: {
    findings: [
      ...usual.slice(0, 1),
      {
        check: "configuration",
        verdict: "failure",
        code: "configuration-invalid",
        sentence: `The configuration cannot be used: ${sampleFile}, line 4, provider.isuer: unknown key; did you mean \"issuer\"?`,
        action: "Mend the place that is named.",
        facts: {},
      },
      ...usual.slice(2, 4),
    ],
  },
};
