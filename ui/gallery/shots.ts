// What the gallery shows: every sample of every state, and what can be opened over them.
import { claimSamples } from "../src/bridge/claims";
import { reports } from "../src/bridge/reports";
import { providers } from "../src/bridge/lane";
import { samples } from "../src/bridge/samples";
import { timelines } from "../src/bridge/timelines";

export interface Shot {
  readonly name: string;
  /** The page's query. */
  readonly query: string;
  /** Accessible names of the buttons that lead there; "label=text": what is written into a field. */
  readonly press: readonly string[];
  /** Its content may be longer than the smallest window. */
  readonly long: boolean;
}

const shot = (name: string, query: string, ...press: string[]): Shot => ({ name, query, press, long: false });
const long = (it: Shot): Shot => ({ ...it, long: true });

/** What there is to edit, and what saving meets. */
const editing = [
  ["usual"],
  ["empty"],
  ["draft"],
  ["offline-draft"],
  ["conflict"],
  ["offline", "Save"],
  ["busy", "Save"],
  ["forbidden", "Save"],
  ["refused", "Save"],
] as const;

const address = "Address of the provider";

export function shots(): Shot[] {
  const states = Object.keys(samples(0)).map((name) => {
    const it = shot(name, `state=${name}&metadata=none`);
    return /-hostile$|-plain$|^unconfigured-/.test(name) ? long(it) : it;
  });
  return [
    ...states,
    shot("signed-out-unnamed", "state=signed-out-ended&unnamed"),
    long(shot("details-open", "state=attempt-certificate", "Details")),
    long(shot("details-open-signed-in", "state=stale-offline", "Details")),
    shot("trouble", "state=signing-in", "Having trouble?"),
    long(shot("trouble-link-lost", "state=signing-in-link-lost", "Having trouble?")),
    shot("trouble-repaired", "state=signing-in-link-lost", "Repair links"),
    shot("trouble-unrepaired", "state=signing-in-link-lost&repair=lost", "Repair links"),
    shot("paste", "state=signing-in", "Having trouble?", "Paste the address from the browser"),
    long(
      shot(
        "paste-unusable",
        "state=signing-in",
        "Having trouble?",
        "Paste the address from the browser",
        "Address from the browser=https://example.com/",
        "Go on",
      ),
    ),
    ...["not-a-provider", "address-insecure", "issuer-mismatch", "certificate", "offline"].map((code) =>
      long(shot(`first-run-${code}`, `state=unconfigured&probe=${code}`, `${address}=id.acme.example`, "Continue")),
    ),
    ...Object.keys(providers).map((name) =>
      long(shot(`first-run-${name}`, `state=unconfigured&probe=${name}`, `${address}=id.acme.example`, "Continue")),
    ),
    long(
      shot(
        "first-run-tried",
        "state=unconfigured-settings",
        `${address}=id.acme.example`,
        "Continue",
        "Client ID=desktop",
      ),
    ),
    shot("first-run-file", "state=unconfigured", "Write the configuration file instead"),
    shot("command-failed", "state=signing-in&fail", "Open the browser again"),
    ...Object.keys(timelines(0)).map((name) =>
      shot(`what-happened-${name}`, `state=signed-in&metadata=none&timeline=${name}`, "What happened?"),
    ),
    ...Object.keys(claimSamples).map((name) =>
      shot(`your-details-${name}`, `state=signed-in&metadata=none&claims=${name}`, "Your details"),
    ),
    shot("signed-in-editor", "state=signed-in"),
    shot("signed-in-editor-draft", "state=signed-in&metadata=draft"),
    ...editing.map(([name, ...press]) =>
      long(shot(`your-profile-${name}`, `state=signed-in&metadata=${name}`, "Edit your profile", ...press)),
    ),
    shot("about", "state=signed-out", `About ${__NAMES__.product}`),
    ...Object.keys(reports).map((name) =>
      long(
        shot(
          `doctor-${name}`,
          `state=signed-out&doctor=${name}`,
          `About ${__NAMES__.product}`,
          "Check the sign-in path",
        ),
      ),
    ),
  ];
}
