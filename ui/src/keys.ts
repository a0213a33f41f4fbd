// The keyboard, beside what buttons do by themselves: Enter for the main action, Escape to cancel or go back, F1 or Ctrl+/ for
// "About", Ctrl+F for the search, Ctrl+S to save what was edited. Everything else is the system's.
import type { Page } from "./page.svelte";

/** What a key press means here; null when it is none of ours. */
export function meaning(event: KeyboardEvent, page: Page): (() => void) | null {
  if (event.repeat || event.defaultPrevented || event.altKey) return null;
  const control = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case "Escape":
      return control ? null : escape(event, page);
    case "Enter":
      return control || event.shiftKey ? null : enter(event);
    case "F1":
      return control ? null : () => page.over.open("about");
    case "/":
      return control ? () => page.over.open("about") : null;
    case "f":
      return control && !event.shiftKey ? search(page) : null;
    case "s":
      return control && !event.shiftKey ? save() : null;
    default:
      return null;
  }
}

/** Closes what covers the screen; goes back inside of one; cancels an attempt. A search that holds something is emptied by the browser first. */
function escape(event: KeyboardEvent, page: Page): (() => void) | null {
  const field = event.target instanceof HTMLInputElement ? event.target : null;
  if (field?.type === "search" && field.value !== "") return null;
  if (page.over.panel) return () => page.over.leave();
  const back = document.querySelector<HTMLButtonElement>("[data-leave]");
  if (back) return () => back.click();
  if (page.view.kind === "signing-in") return () => void page.commands.run("cancel");
  return null;
}

/** The main button, unless the press belongs to something that has the focus. */
function enter(event: KeyboardEvent): (() => void) | null {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("a, button, input, textarea, select, [contenteditable]")) return null;
  const main = document.querySelector<HTMLButtonElement>("[data-main]");
  return main ? () => main.click() : null;
}

/** Saves what was edited, where there is something to edit. */
function save(): (() => void) | null {
  const form = document.querySelector<HTMLFormElement>("form[data-metadata]");
  return form ? () => form.requestSubmit() : null;
}

/** The search of the details, which are opened for it. */
function search(page: Page): (() => void) | null {
  if (page.view.kind !== "signed-in") return null;
  const focus = () => document.querySelector<HTMLInputElement>("[data-search]")?.focus();
  if (document.querySelector("[data-search]")) return focus;
  if (page.roomy && page.over.panel === null) return focus;
  return () => page.over.open("claims", true);
}
