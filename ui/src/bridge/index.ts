// What the page may ask of the shell, and which shell it talks to. Everything else in the page sees only `Bridge`.
// No token, code or authorization URL passes through here, in either direction, but an address that a person pastes.
import type { AppInfo } from "../bindings/AppInfo";
import type { Entry } from "../bindings/Entry";
import type { Change } from "../bindings/Change";
import type { Finding } from "../bindings/Finding";
import type { How } from "../bindings/How";
import type { Metadata } from "../bindings/Metadata";
import type { ProbedProvider } from "../bindings/ProbedProvider";
import type { Profile } from "../bindings/Profile";
import type { Report } from "../bindings/Report";
import type { Saved } from "../bindings/Saved";
import type { View } from "../bindings/View";
import type { Claims } from "../bindings/Claims";
import { tauri } from "./tauri";

/** True on a development server, false in every build: vite.config.ts says so. */
declare const __MOCK__: boolean;

/** The shell's commands. Each rejects with a `Problem`. */
export interface Bridge {
  /** The current view at once, then every later one. */
  subscribe(onView: (view: View) => void): Promise<void>;
  appInfo(): Promise<AppInfo>;
  /** Resolves when the attempt has been accepted; how it went arrives as views. */
  signIn(how?: How, anotherAccount?: boolean): Promise<void>;
  /** Lets the attempt go on another way; it arrives as a view. */
  switchWay(how: How): Promise<void>;
  /** What the person copied from the browser. Rejects with `paste-unusable` when it is not the address a sign-in ends at. */
  pasteAddress(text: string): Promise<void>;
  /** Copies the code for another device. */
  copyCode(): Promise<void>;
  /** Takes who came instead of who was expected. */
  takeAnother(): Promise<void>;
  /** Registers the app for its links once more, and tells whether one arrives now. */
  repairLinks(): Promise<Finding>;
  /** Asks the provider at an address what it is and what it offers. */
  probeProvider(address: string): Promise<ProbedProvider>;
  /** Signs in at a provider that was asked; it is configured when that succeeds. How it goes arrives as views. */
  tryProvider(issuer: string, clientId: string, name: string): Promise<void>;
  cancelSignIn(): Promise<void>;
  openAgain(): Promise<void>;
  copyLink(): Promise<void>;
  retry(): Promise<void>;
  useThisRun(): Promise<void>;
  signOut(): Promise<void>;
  copyDetails(): Promise<void>;
  /** What happened to the session, the newest last. */
  timeline(): Promise<Entry[]>;
  copyTimeline(): Promise<void>;
  /** What the provider says about the person. */
  claims(): Promise<Claims>;
  /** Copies the value of one of them, by its name. */
  copyClaim(name: string): Promise<void>;
  copyClaims(): Promise<void>;
  /** Copies what `appInfo` tells, as text. */
  copyAbout(): Promise<void>;
  /** Looks at everything a sign-in depends on; takes up to half a minute. */
  doctor(): Promise<Report>;
  /** Copies what it found last, as text. */
  copyDoctor(): Promise<void>;
  /** What the person can edit, read now; null when no editor is configured. This and the next three reject with a `Trouble`. */
  metadata(): Promise<Metadata | null>;
  /** `over`: fields for which the person has seen a conflict and wants their own value. */
  saveMetadata(changes: Change[], over: string[]): Promise<Saved>;
  /** Keeps exactly these changes, over a restart, too. */
  keepDraft(changes: Change[]): Promise<void>;
  discardDraft(): Promise<void>;
  openConfigFolder(): Promise<void>;
  openLogsFolder(): Promise<void>;
  /** The frame that shows a view of this kind is on the screen. */
  painted(signedIn: boolean): Promise<void>;
  /** Address of the person's picture, served by the shell; null when the profile names none. */
  avatarUrl(profile: Profile): string | null;
}

/** The real shell, at once; in a development server opened in an ordinary browser, a mock that shows any state. */
export function connect(): Bridge | Promise<Bridge> {
  if (__MOCK__ && !("__TAURI_INTERNALS__" in window)) {
    return import("./mock").then(({ mock }) => mock(new URLSearchParams(location.search)));
  }
  return tauri;
}
