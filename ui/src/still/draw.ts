// The signed-in screen as markup. This is compiled for a server (build/still.ts): it makes a text, and nothing in it lives.
import { render } from "svelte/server";
import type { AppInfo } from "../bindings/AppInfo";
import type { View } from "../bindings/View";
import { pageKey } from "../context";
import type { PlainLanguage } from "../messages/plain";
import SignedIn from "../screens/SignedIn.svelte";
import { StillPage } from "./page";

/** Throws where the screen says more than plain texts can. */
export function draw(
  view: Extract<View, { kind: "signed-in" }>,
  info: AppInfo,
  language: PlainLanguage,
  roomy: boolean,
): string {
  const page = new StillPage(view, info, language, roomy);
  const { body } = render(SignedIn, { props: { view }, context: new Map([[pageKey, page.asPage]]) });
  // A picture comes with the page; here it would bring handlers in attributes, which the window's policy refuses.
  return body.replace(/<img\b[^>]*>/g, "");
}
