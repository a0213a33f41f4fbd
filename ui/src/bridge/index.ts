// What the page may ask of the shell, and which shell it talks to. Everything else in the page sees only `Bridge`.
// No token, code or authorization URL passes through here, in either direction.
import type { AppInfo } from "../bindings/AppInfo";
import type { Entry } from "../bindings/Entry";
import type { Change } from "../bindings/Change";
import type { How } from "../bindings/How";
import type { Metadata } from "../bindings/Metadata";
import type { Profile } from "../bindings/Profile";
import type { Report } from "../bindings/Report";
import type { Saved } from "../bindings/Saved";
import type { View } from "../bindings/View";
import type { Claim } from "../bindings/Claim";
import { tauri } from "./tauri";

/** True on a development server, false in every build: vite.config.ts says so. */
declare const __MOCK__: boolean;

/** The shell's commands. Each rejects with a `Problem`. */
export interface Bridge {
  /** The current view at once, then every later one. */
  subscribe(onView: (view: View) => void): Promise<void>;
  appInfo(): Promise<AppInfo>;
  /** Resolves when the attempt has been accepted; how it went arrives as views. */
  signIn(how?: How): Promise<void>;
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
  claims(): Promise<Claim[]>;
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

/** The real shell; in a development server opened in an ordinary browser, a mock that shows any state. */
export async function connect(): Promise<Bridge> {
  if (__MOCK__ && !("__TAURI_INTERNALS__" in window)) {
    const { mock } = await import("./mock");
    return mock(new URLSearchParams(location.search));
  }
  return tauri;
}
