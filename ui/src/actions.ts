// Which buttons a blocked screen has, the main one first.
import type { Problem } from "./bindings/Problem";
import type { Command } from "./commands.svelte";
import type { Action, Catalogue, Wording } from "./messages/catalogue";

export interface Choice {
  readonly command: Command;
  readonly label: string;
}

/** The catalogue's action first, then "Try again", then what the stage allows. */
export function blockedActions(problem: Problem, wording: Wording, words: Catalogue): Choice[] {
  const { buttons } = words;
  const labels: Record<Action, string> = {
    "sign-in": buttons.retry,
    retry: buttons.retry,
    "use-this-run": buttons.useThisRun,
    "open-config": buttons.openFolder,
    "copy-details": buttons.copyDetails,
  };
  const order: Action[] = [wording.action === "sign-in" ? "retry" : wording.action, "retry"];
  if (problem.stage === "store") order.push("use-this-run");
  if (problem.stage === "configuration") order.push("open-config");
  return [...new Set(order)].map((action) => ({ command: action, label: labels[action] }));
}
