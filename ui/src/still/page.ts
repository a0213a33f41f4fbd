// As much of a page as the signed-in screen reads while it is drawn once. What it would need beyond that is not there: it fails, and
// nothing is drawn.
import type { AppInfo } from "../bindings/AppInfo";
import type { Profile } from "../bindings/Profile";
import type { View } from "../bindings/View";
import type { PlainLanguage } from "../messages/plain";
import type { Page } from "../page.svelte";
import { Speaker } from "../speaker";

export class StillPage extends Speaker {
  readonly view: View;
  readonly info: AppInfo;
  readonly language: PlainLanguage;
  readonly now = Date.now();
  readonly roomy: boolean;
  readonly commands = { busy: null, copied: null, failure: null, subject: "" };
  readonly metadata = { unsaved: false };
  readonly claims = { all: null, failed: false };
  // Whether a picture is expected; it is asked for when the page is there.
  readonly bridge = { avatarUrl: ({ picture }: Profile) => (picture ? "" : null) };

  constructor(view: View, info: AppInfo, language: PlainLanguage, roomy: boolean) {
    super();
    this.view = view;
    this.info = info;
    this.language = language;
    this.roomy = roomy;
  }

  /** For those who read it, it is the page. */
  get asPage(): Page {
    return this as unknown as Page;
  }
}
