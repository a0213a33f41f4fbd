// The page's start: styles, the words for the system's language, the bridge, the app.
import "./tokens.css";
import "./base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { connect } from "./bridge";
import { catalogueFor } from "./messages";
import { Page } from "./page.svelte";
import { systemHours } from "./time";

const target = document.getElementById("app");
if (target) {
  const words = catalogueFor(navigator.languages);
  document.documentElement.lang = words.language;
  const page = new Page(await connect(), words, systemHours(navigator.language));
  mount(App, { target, props: { page } });
}
