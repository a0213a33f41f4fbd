// The real shell behind the Bridge: one command each, one channel for the views.
import { Channel, convertFileSrc, invoke } from "@tauri-apps/api/core";
import type { AppInfo } from "../bindings/AppInfo";
import type { Entry } from "../bindings/Entry";
import type { Finding } from "../bindings/Finding";
import type { Metadata } from "../bindings/Metadata";
import type { ProbedProvider } from "../bindings/ProbedProvider";
import type { Report } from "../bindings/Report";
import type { Saved } from "../bindings/Saved";
import type { View } from "../bindings/View";
import type { Claims } from "../bindings/Claims";
import { shortHash } from "./hash";
import type { Bridge } from ".";

export const tauri: Bridge = {
  subscribe(onView) {
    const channel = new Channel<View>();
    channel.onmessage = onView;
    return invoke("subscribe", { channel });
  },
  appInfo: () => invoke<AppInfo>("app_info"),
  signIn: (how, anotherAccount) => invoke("sign_in", { how, anotherAccount }),
  switchWay: (how) => invoke("switch_way", { how }),
  pasteAddress: (text) => invoke("paste_address", { text }),
  copyCode: () => invoke("copy_code"),
  takeAnother: () => invoke("take_another_account"),
  repairLinks: () => invoke<Finding>("repair_links"),
  probeProvider: (address) => invoke<ProbedProvider>("probe_provider", { address }),
  tryProvider: (issuer, clientId, name) => invoke("try_provider", { issuer, clientId, name }),
  cancelSignIn: () => invoke("cancel_sign_in"),
  openAgain: () => invoke("open_again"),
  copyLink: () => invoke("copy_link"),
  retry: () => invoke("retry"),
  useThisRun: () => invoke("use_this_run"),
  signOut: () => invoke("sign_out"),
  copyDetails: () => invoke("copy_details"),
  timeline: () => invoke<Entry[]>("timeline"),
  copyTimeline: () => invoke("copy_timeline"),
  claims: () => invoke<Claims>("claims"),
  copyClaim: (name) => invoke("copy_claim", { name }),
  copyClaims: () => invoke("copy_claims"),
  copyAbout: () => invoke("copy_about"),
  doctor: () => invoke<Report>("doctor"),
  copyDoctor: () => invoke("copy_doctor"),
  metadata: () => invoke<Metadata | null>("metadata"),
  saveMetadata: (changes, over) => invoke<Saved>("save_metadata", { changes, over }),
  keepDraft: (changes) => invoke("keep_draft", { changes }),
  discardDraft: () => invoke("discard_draft"),
  openConfigFolder: () => invoke("open_config_folder"),
  openLogsFolder: () => invoke("open_logs_folder"),
  painted: (signedIn) => invoke("painted", { signedIn }),
  avatarUrl: (profile) =>
    profile.picture
      ? `${convertFileSrc("current", "avatar")}?v=${shortHash(`${profile.sub} ${profile.picture}`)}`
      : null,
};
