// The page's start: styles, the bridge, the language, the app.
import "./tokens.css";
import "./base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { connect } from "./bridge";
import { choose } from "./messages";
import { Page } from "./page.svelte";
import { checkAccent } from "./theme";
import { systemHours } from "./time";

const target = document.getElementById("app");
if (target) {
  const bridge = await connect();
  const hours = systemHours(navigator.language);
  const page = new Page(bridge, (setting) => choose(setting, navigator.languages, hours));
  mount(App, { target, props: { page } });
  checkAccent(document);
}
