// Where the keyboard is. When the state changes, focus goes to the new screen's `[data-focus]` element: its main button, or its
// heading where pressing Enter by mistake would do harm. Focus put there by us draws no ring until the keyboard is used.

/** Focuses the screen's own element; `left`: what has just been closed, whose opener gets the focus if it is there. */
export function enter(root: ParentNode, left: string | null = null): void {
  const opener = left ? root.querySelector<HTMLElement>(`[data-opener="${left}"]`) : null;
  const target = opener ?? root.querySelector<HTMLElement>("[data-focus]");
  if (!target) return;
  if (!usingKeyboard) target.dataset["quiet"] = "";
  target.focus({ preventScroll: true });
  target.addEventListener("blur", () => delete target.dataset["quiet"], { once: true });
}

/** Focus fell to the body because its element went away. */
export function lost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

let usingKeyboard = false;

/** Learns from keys and pointers; returns how to stop. */
export function watchInput(): () => void {
  const key = () => {
    usingKeyboard = true;
    document.querySelectorAll<HTMLElement>("[data-quiet]").forEach((element) => delete element.dataset["quiet"]);
  };
  const pointer = () => {
    usingKeyboard = false;
  };
  window.addEventListener("keydown", key, true);
  window.addEventListener("pointerdown", pointer, true);
  return () => {
    window.removeEventListener("keydown", key, true);
    window.removeEventListener("pointerdown", pointer, true);
  };
}
