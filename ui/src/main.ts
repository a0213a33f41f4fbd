// The page's start: the first questions to the shell, then styles, the language, the app.
import { begun } from "./begun";
import "./tokens.css";
import "./base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { choose, fetchLanguage } from "./messages";
import { Page } from "./page.svelte";
import { afterPaint } from "./painted";
import { checkAccent } from "./theme";
import { systemHours } from "./time";

performance.mark("page");
const target = document.getElementById("app");
if (target) {
  const [bridge] = await Promise.all([begun, fetchLanguage(null, navigator.languages)]);
  const hours = systemHours(navigator.language);
  const page = new Page(bridge, (setting) => choose(setting, navigator.languages, hours));
  mount(App, { target, props: { page } });
  checkAccent(document);
  afterPaint(() => void page.panels.loadAll());
}
