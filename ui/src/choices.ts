// Which buttons a blocked screen has, the main one first.
import type { Problem } from "./bindings/Problem";
import type { Command } from "./commands.svelte";
import type { Page } from "./page.svelte";
import { treatment, type Action } from "./problems";

export interface Choice {
  readonly command: Command;
  readonly label: string;
}

/** The treatment's action first, then "Try again", then what the stage allows. */
export function choices(problem: Problem, page: Page): Choice[] {
  const { buttons } = page.words;
  const labels: Record<Action, string> = {
    "sign-in": page.say(buttons.retry),
    retry: page.say(buttons.retry),
    "use-this-run": page.say(buttons.useThisRun),
    "open-config": page.say(buttons.openFolder),
  };
  const { action } = treatment(problem.code);
  const order: Action[] = [action === "sign-in" ? "retry" : action, "retry"];
  if (problem.stage === "store") order.push("use-this-run");
  if (problem.stage === "configuration") order.push("open-config");
  return [...new Set(order)].map((it) => ({ command: it, label: labels[it] }));
}
