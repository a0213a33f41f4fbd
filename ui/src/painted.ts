// Tells the shell when a state is on the screen: two animation frames after it was rendered, the first one paints it and the second
// one proves that. A hidden window draws no frames; there the state counts as shown at once.
import type { View } from "./bindings/View";

/** Changes when the shell has something new to put in the window's title. */
export function paintKey(view: View): string {
  return view.kind === "signed-in" ? `signed-in ${view.profile.name}` : view.kind;
}

/** Calls back after two frames, unless the returned function is called first. */
export function afterPaint(done: () => void): () => void {
  if (document.hidden) {
    done();
    return () => {};
  }
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(done);
  });
  return () => cancelAnimationFrame(frame);
}
