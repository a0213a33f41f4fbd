// Which small sign stands on the app's mark for each reason and each problem.
import type { Problem } from "./bindings/Problem";
import type { Why } from "./bindings/Why";
import { treatment, type Treatment } from "./problems";

export type Shape =
  | "alert"
  | "box"
  | "browser"
  | "check"
  | "clock"
  | "cloud"
  | "cross"
  | "empty"
  | "file"
  | "gear"
  | "globe"
  | "hourglass"
  | "leave"
  | "lock"
  | "person"
  | "plug"
  | "shield"
  | "stop"
  | "windows";

export interface Sign {
  readonly shape: Shape;
  /** good: all is well; calm: nothing to worry about; worry: something isn’t as it should be. */
  readonly tone: "good" | "calm" | "worry";
}

const whys: Readonly<Record<Why, Sign | null>> = {
  never: null,
  "by-user": { shape: "check", tone: "good" },
  "ended-by-provider": { shape: "leave", tone: "worry" },
  expired: { shape: "clock", tone: "calm" },
  ceiling: { shape: "hourglass", tone: "calm" },
  "store-lost": { shape: "empty", tone: "worry" },
  elsewhere: { shape: "windows", tone: "calm" },
};

const shapes: Readonly<Partial<Record<Treatment["words"], Shape>>> = {
  "configuration-missing": "gear",
  "configuration-invalid": "gear",
  offline: "cloud",
  "name-not-found": "globe",
  certificate: "shield",
  "provider-silent": "hourglass",
  "provider-busy": "hourglass",
  "not-json": "globe",
  "issuer-mismatch": "globe",
  "insecure-endpoint": "shield",
  "browser-failed": "browser",
  cancelled: "cross",
  "timed-out": "clock",
  denied: "stop",
  "provider-refused": "stop",
  "interaction-required": "person",
  "id-token-subject": "person",
  "id-token-auth-time": "clock",
  "store-missing": "plug",
  "store-locked": "lock",
  "store-silent": "hourglass",
  "store-full": "box",
  "record-unreadable": "file",
  "loopback-unavailable": "browser",
  unproven: "shield",
  foreign: "browser",
  clocks: "clock",
  setup: "gear",
};

export const whySign = (why: Why): Sign | null => (Object.hasOwn(whys, why) ? whys[why] : null);

export function problemSign(problem: Problem): Sign {
  const { words } = treatment(problem.code);
  const shape = problem.clock_ahead ? "clock" : (shapes[words] ?? "alert");
  return { shape, tone: problem.fault === "person" ? "calm" : "worry" };
}
