// A problem as technical text, for the details of a screen.
import type { Problem } from "./bindings/Problem";

export function technical(problem: Problem): string {
  const head = `${problem.code} (${problem.stage})`;
  return problem.detail ? `${head}\n${problem.detail}` : head;
}
