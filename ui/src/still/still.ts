// The page's very first lines. Where the shell has put the first view into the document (src-tauri/src/first.rs) and somebody is signed
// in, their screen is drawn at once, still: the same components, but as markup, without the page around them, its programs or its
// questions. The page is loaded behind that first frame, and takes its place with its own first view. Anything out of the ordinary, and
// the page is simply loaded.
import type { AppInfo } from "../bindings/AppInfo";
import type { View } from "../bindings/View";
import { kept } from "../habits";
import type { Catalogue } from "../messages/catalogue";
import { known, spoken } from "../messages/choosing";
import { PlainLanguage } from "../messages/plain";
import { systemHours } from "../time";
import { wide } from "../wide";
import { draw } from "./draw";

/** How long the page waits for the first frame, in milliseconds: a window that nobody sees draws none. */
const patience = 100;
/** How long the first frame waits for the page. After that it would be a picture of what may have been. */
const longest = 10_000;

const catalogues = import.meta.glob<Catalogue>("../messages/languages/*.json", { eager: true, import: "default" });
const languages = new Map(
  Object.entries(catalogues).map(([path, texts]) => [path.replace(/^.*\/|\.json$/g, ""), texts]),
);

/** What the shell has put into the document. It is taken out: after a sign-out nothing of a person stays there. */
function given(): { view: View; info: AppInfo } | null {
  const data = document.getElementById("first");
  data?.remove();
  return data?.textContent ? (JSON.parse(data.textContent) as { view: View; info: AppInfo }) : null;
}

/** Whether something was drawn. */
function drawn(target: Element): boolean {
  try {
    const first = given();
    if (first?.view.kind !== "signed-in") return false;
    const { view, info } = first;
    const { tag, locale } = spoken(info.language, navigator.languages, languages.keys());
    const words = languages.get(tag);
    if (!words) return false;
    const habits = kept(locale, navigator.language);
    const language = habits
      ? new PlainLanguage(tag, locale, words, undefined, habits)
      : new PlainLanguage(tag, known(locale) ? locale : "en", words, systemHours(navigator.language));
    const still = document.createElement("div");
    still.id = "still";
    // Nothing in it answers yet, so nothing in it can be pressed or take the focus.
    still.inert = true;
    still.innerHTML = draw(view, info, language, window.matchMedia(wide).matches);
    document.documentElement.lang = language.tag;
    document.documentElement.dir = language.direction;
    target.append(still);
    performance.mark("first-frame");
    return true;
  } catch (reason) {
    console.warn(`latchkey: the first frame waits for the page: ${String(reason)}`);
    return false;
  }
}

const target = document.getElementById("app");
const page = document.querySelector<HTMLScriptElement>("script[data-page]")?.dataset["page"];
let loaded = false;
const load = () => {
  if (loaded || !page) return;
  loaded = true;
  import(/* @vite-ignore */ page).catch((reason: unknown) => {
    gone();
    console.error(`latchkey: the page cannot be loaded: ${String(reason)}`);
  });
};
/** A picture without a page behind it says what nobody knows any more. The page takes it away by itself. */
const gone = () => document.getElementById("still")?.remove();
const ahead = target !== null && drawn(target);
if (ahead) setTimeout(gone, longest);
if (ahead && !document.hidden) {
  // The frame is drawn when this has been called back and before anything else is.
  requestAnimationFrame(() => setTimeout(load));
  setTimeout(load, patience);
} else load();
