// The context that every screen and part reads. It stands apart from the page itself, so that a part can be drawn without all of it.
import { getContext, setContext } from "svelte";
import type { Page } from "./page.svelte";

export const pageKey = Symbol("page");
export const providePage = (page: Page): Page => setContext(pageKey, page);
export const usePage = (): Page => getContext<Page>(pageKey);
