// What must hold on every state, asked inside the page. Each gives back sentences; none is good.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds. `strict`: text must have the contrast of level AAA. */
export async function accessibility(browser, strict) {
  if (!(await browser.evaluate("typeof window.axe === 'object'"))) await browser.evaluate(`${axe}; true`);
  return browser.evaluate(`axe
    .run(document, { resultTypes: ["violations"], rules: { "color-contrast-enhanced": { enabled: ${strict} } } })
    .then(({ violations }) => violations.map((it) => it.id + ": " + it.nodes.map((node) => node.html.slice(0, 160)).join(" ")))`);
}

/** What does not fit. `scrolls`: it may be higher than the window. */
export function fit(browser, scrolls) {
  return browser.evaluate(`(() => {
    const page = document.documentElement;
    const found = [];
    if (page.scrollWidth > page.clientWidth) found.push("wider than the window by " + (page.scrollWidth - page.clientWidth));
    if (!${scrolls} && page.scrollHeight > page.clientHeight) {
      found.push("higher than the window by " + (page.scrollHeight - page.clientHeight));
    }
    for (const it of document.querySelectorAll("button, h1, h2, p, dt, dd, th, td, label, code, pre, summary")) {
      if (it.closest(".unseen") || it.matches(".unseen") || it.getClientRects().length === 0) continue;
      const box = it.getBoundingClientRect();
      if (box.left < -1 || box.right > page.clientWidth + 1) found.push("out of the window: " + it.textContent.slice(0, 40));
      const clamped = getComputedStyle(it).overflowX !== "visible" || getComputedStyle(it).overflowY !== "visible";
      if (!clamped && !it.matches("pre") && it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 0) {
        found.push("does not hold its text: " + it.textContent.slice(0, 40));
      }
    }
    return found;
  })()`);
}

/** Every control is reached by Tab, in the order of the page, and shows it. Of choices that belong together the chosen one is. */
export async function keyboard(browser) {
  const controls = `[...document.querySelectorAll("button, input, select, textarea, [tabindex='0']")].filter(
    (it) => !it.disabled && it.checkVisibility({ visibilityProperty: true }) &&
      (it.type !== "radio" || it.checked ||
        (it.form?.querySelector("input[name='" + it.name + "']:checked") === null &&
          it.form.querySelector("input[name='" + it.name + "']") === it)))`;
  const wanted = await browser.evaluate(`${controls}.length`);
  const found = [];
  await browser.evaluate("document.activeElement?.blur(); document.body.tabIndex = -1; document.body.focus(); true");
  for (let place = 0; place < wanted; place++) {
    for (const type of ["rawKeyDown", "keyUp"]) {
      await browser.call("Input.dispatchKeyEvent", { type, key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 });
    }
    const complaint = await browser.evaluate(`(() => {
      const [now, wanted] = [document.activeElement, ${controls}[${place}]];
      const name = (it) => it?.getAttribute("aria-label") ?? it?.textContent.trim().slice(0, 40);
      if (now !== wanted) return "Tab leads to “" + name(now) + "” instead of “" + name(wanted) + "”";
      const style = getComputedStyle(now);
      const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      return seen && style.outlineColor !== "rgba(0, 0, 0, 0)" ? null : "no visible focus on “" + name(now) + "”";
    })()`);
    if (complaint) found.push(complaint);
  }
  await browser.evaluate("document.body.removeAttribute('tabindex'); true");
  return found;
}
