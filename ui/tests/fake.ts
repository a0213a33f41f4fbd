// A shell for tests: remembers what it was asked, shows the views it is given, fails when told to.
import type { AppInfo } from "../src/bindings/AppInfo";
import type { Change } from "../src/bindings/Change";
import type { Entry } from "../src/bindings/Entry";
import type { Finding } from "../src/bindings/Finding";
import type { Metadata } from "../src/bindings/Metadata";
import type { Problem } from "../src/bindings/Problem";
import type { ProbedProvider } from "../src/bindings/ProbedProvider";
import type { Report } from "../src/bindings/Report";
import type { Saved } from "../src/bindings/Saved";
import type { View } from "../src/bindings/View";
import type { Bridge } from "../src/bridge";
import type { Claim } from "../src/bindings/Claim";
import { providers, repairs } from "../src/bridge/lane";
import { Page } from "../src/page.svelte";
import { Language } from "../src/messages";

export const info: AppInfo = {
  product: "Latchkey",
  version: "0.1.0",
  provider: "Acme",
  config_path: "/home/ada/.config/dev.latchkey.desktop/latchkey.toml",
  store: "GNOME Keyring",
  redirect: "deep-link",
  editor: false,
};

export class FakeBridge implements Bridge {
  asked: string[] = [];
  info: AppInfo = { ...info };
  failWith: Problem | null = null;
  picture: string | null = null;
  happened: Entry[] = [];
  known: Claim[] = [];
  report: Report = { findings: [] };
  #show: (view: View) => void = () => {};
  #first: View;

  constructor(first: View = { kind: "restoring" }) {
    this.#first = first;
  }

  show(view: View): void {
    this.#show(view);
  }

  #command(name: string): Promise<void> {
    this.asked.push(name);
    return this.failWith ? Promise.reject(this.failWith) : Promise.resolve();
  }

  subscribe(onView: (view: View) => void): Promise<void> {
    this.#show = onView;
    onView(this.#first);
    return Promise.resolve();
  }
  appInfo = () => {
    this.asked.push("appInfo");
    return Promise.resolve({ ...this.info });
  };
  signIn = (how?: string, another?: boolean) =>
    this.#command(`signIn${how ? ` ${how}` : ""}${another ? " another" : ""}`);
  switchWay = (how: string) => this.#command(`switchWay ${how}`);
  pasteAddress = (text: string) => this.#command(`pasteAddress ${text}`);
  copyCode = () => this.#command("copyCode");
  takeAnother = () => this.#command("takeAnother");
  repaired: Finding = repairs["usual"]!;
  repairLinks = () => this.#command("repairLinks").then(() => this.repaired);
  probed: ProbedProvider = providers["usual"]!;
  probeProvider = (address: string) => this.#command(`probeProvider ${address}`).then(() => this.probed);
  tryProvider = (issuer: string, clientId: string, name: string) =>
    this.#command(`tryProvider ${issuer} ${clientId} ${name}`);
  cancelSignIn = () => this.#command("cancelSignIn");
  openAgain = () => this.#command("openAgain");
  copyLink = () => this.#command("copyLink");
  retry = () => this.#command("retry");
  useThisRun = () => this.#command("useThisRun");
  signOut = () => this.#command("signOut");
  copyDetails = () => this.#command("copyDetails");
  timeline = () => Promise.resolve([...this.happened]);
  copyTimeline = () => this.#command("copyTimeline");
  leftOut = 0;
  claims = () => Promise.resolve({ claims: [...this.known], left_out: this.leftOut });
  copyClaim = (name: string) => this.#command(`copyClaim ${name}`);
  copyClaims = () => this.#command("copyClaims");
  doctor = (): Promise<Report> => {
    this.asked.push("doctor");
    return this.failWith ? Promise.reject(this.failWith) : Promise.resolve(this.report);
  };
  copyDoctor = () => this.#command("copyDoctor");
  copyAbout = () => this.#command("copyAbout");
  metadata = (): Promise<Metadata | null> => Promise.resolve(null);
  saveMetadata: (changes: Change[], over: string[]) => Promise<Saved> = () => Promise.reject(new Error("no editor"));
  keepDraft = (changes: Change[]) => this.#command(`keepDraft ${JSON.stringify(changes)}`);
  discardDraft = () => this.#command("discardDraft");
  openConfigFolder = () => this.#command("openConfigFolder");
  openLogsFolder = () => this.#command("openLogsFolder");
  painted = (signedIn: boolean) => {
    this.asked.push(`painted ${signedIn}`);
    return Promise.resolve();
  };
  avatarUrl = () => this.picture;
}

/** English, 24 hours. */
export const english = new Language("en", "en", false);

export const pageOf = (bridge: Bridge, language = english): Page => new Page(bridge, () => language);
