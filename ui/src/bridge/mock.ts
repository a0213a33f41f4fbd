// A shell for development in an ordinary browser. `?state=NAME` shows a sample of samples.ts (`?state=list` names them on the
// console), `&then=NAME` another one after it. `&fail` makes every command fail, `&slow` keeps it busy, `&timeline=NAME`, `&claims=NAME`
// and `&doctor=NAME` choose what happened before, who it is and what the health check finds, `&probe=NAME` what answers in the first run
// (a code: nothing does), `&repair=NAME` what becomes of links, `&lang=de` the language (`en-XA`: the pseudo-locale, `en-XB`: the same
// from right to left). The buttons lead where they would lead.
import type { Code } from "../bindings/Code";
import type { How } from "../bindings/How";
import type { View } from "../bindings/View";
import { addLanguage } from "../messages";
import { pseudo } from "../messages/pseudo";
import type { Bridge } from ".";
import { claimSamples } from "./claims";
import { editing } from "./editing";
import { providers, repairs } from "./lane";
import { problem, sampleFile, samples } from "./samples";
import { reports } from "./reports";
import { timelines } from "./timelines";

const picture = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="#d9a441"/><circle cx="48" cy="38" r="17" fill="#7a4a1e"/><path d="M12 96a36 32 0 0 1 72 0z" fill="#2f4858"/></svg>',
)}`;

const ways: Readonly<Record<How, string[]>> = {
  "deep-link": ["signing-in-preparing", "signing-in"],
  loopback: ["signing-in-preparing", "signing-in-loopback"],
  device: ["signing-in-device-preparing", "signing-in-device"],
};

export function mock(query: URLSearchParams): Bridge {
  addLanguage("en-XA", pseudo());
  addLanguage("en-XB", { ...pseudo(), direction: "rtl" });
  const all = samples(Date.now());
  const editor = editing(query.get("metadata") ?? "usual", Date.now());
  const name = query.get("state") ?? "signed-out";
  if (name === "list") console.info(Object.keys(all).join("\n"));
  let show: (view: View) => void = () => {};
  const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

  async function command(...next: string[]): Promise<void> {
    await pause(query.has("slow") ? 60_000 : 150);
    if (query.has("fail")) throw problem("browser-failed", { stage: "browser", detail: "xdg-open: exit status 3" });
    for (const state of next) {
      const view = samples(Date.now())[state];
      if (view) show(view);
      await pause(900);
    }
  }
  const accept = (...next: string[]): Promise<void> => {
    if (query.has("fail") || query.has("slow")) return command();
    void command(...next);
    return Promise.resolve();
  };

  return {
    async subscribe(onView) {
      show = onView;
      show(all[name] ?? { kind: "signed-out", why: "never" });
      const next = all[query.get("then") ?? ""];
      if (next) setTimeout(() => show(next), 400);
    },
    appInfo: () =>
      Promise.resolve({
        product: __NAMES__.product,
        version: "0.1.0",
        ...(query.has("unnamed") ? {} : { provider: "Acme" }),
        config_path: sampleFile,
        store: query.get("store") ?? "GNOME Keyring",
        redirect: "deep-link",
        editor: query.get("metadata") !== "none",
        ...(query.has("lang") ? { language: query.get("lang") ?? "" } : {}),
      }),
    signIn: () => accept("signing-in-preparing", "signing-in", "signing-in-finishing", "signed-in"),
    switchWay: (how) => accept(...ways[how]),
    pasteAddress: async (text) => {
      await pause(150);
      if (!/[?&#]code=/.test(text)) {
        throw problem("paste-unusable", { stage: "callback", fault: "person", retryable: false });
      }
      await accept("signing-in-finishing", "signed-in");
    },
    copyCode: () => command(),
    takeAnother: () => accept("signing-in-finishing", "signed-in"),
    repairLinks: async () => {
      await command();
      return repairs[query.get("repair") ?? "usual"] ?? repairs["usual"]!;
    },
    probeProvider: async () => {
      await command();
      const name = query.get("probe") ?? "usual";
      const found = providers[name];
      if (!found) throw problem(name as Code, { stage: "discovery", retryable: true });
      return found;
    },
    tryProvider: () => accept("signing-in-preparing", "signing-in", "unconfigured-settings"),
    cancelSignIn: () => accept("attempt-cancelled"),
    openAgain: () => command(),
    copyLink: () => command(),
    retry: () => accept("signed-in-refreshing", "signed-in"),
    useThisRun: () => accept("signed-out"),
    signOut: () => accept("signed-out-by-user"),
    copyDetails: () => command(),
    timeline: () => Promise.resolve(timelines(Date.now())[query.get("timeline") ?? "usual"] ?? []),
    copyTimeline: () => command(),
    claims: () => {
      const all = claimSamples[query.get("claims") ?? "usual"] ?? [];
      return Promise.resolve({ claims: all.slice(0, 200), left_out: Math.max(0, all.length - 200) });
    },
    copyClaim: () => command(),
    copyClaims: () => command(),
    copyAbout: () => command(),
    doctor: async () => {
      await command();
      return reports[query.get("doctor") ?? "usual"] ?? { findings: [] };
    },
    copyDoctor: () => command(),
    ...editor,
    openConfigFolder: () => command(),
    openLogsFolder: () => command(),
    painted: () => Promise.resolve(),
    avatarUrl: (profile) => (profile.picture?.endsWith(".png") ? picture : profile.picture ? "/no-such-picture" : null),
  };
}
