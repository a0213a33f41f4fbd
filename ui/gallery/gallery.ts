// The gallery: a frame for every state and theme. A frame's `prefers-color-scheme` is the color-scheme of its element.
import { shots, type Shot } from "./shots";

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const language = byId<HTMLSelectElement>("language");
const size = byId<HTMLSelectElement>("size");
const filter = byId<HTMLInputElement>("filter");
const place = byId("shots");

const files = import.meta.glob("../src/messages/languages/*.json");
const tags = Object.keys(files).map((path) => path.replace(/^.*\/|\.json$/g, ""));
for (const tag of ["en", ...tags.filter((tag) => tag !== "en"), "en-XA", "en-XB"]) language.add(new Option(tag));

function frame(shot: Shot, theme: "light" | "dark"): HTMLIFrameElement {
  const [width, height] = size.value.split("x").map(Number);
  const frame = document.createElement("iframe");
  frame.className = theme;
  frame.width = String(width);
  frame.height = String(height);
  frame.loading = "lazy";
  frame.title = `${shot.name}, ${theme}`;
  frame.src = `/?${shot.query}&lang=${language.value}`;
  frame.addEventListener("load", () => void press(frame, shot));
  return frame;
}

/** Presses the buttons that lead there; only English names are known. */
async function press(frame: HTMLIFrameElement, shot: Shot): Promise<void> {
  for (const name of shot.press) {
    await new Promise((done) => setTimeout(done, 400));
    const [label, text] = name.split(/=(.*)/s);
    if (text !== undefined) {
      const labels = [...(frame.contentDocument?.querySelectorAll("label") ?? [])];
      const field = labels.find((it) => it.textContent === label)?.control;
      if (field instanceof frame.contentWindow!.window.HTMLInputElement) field.value = text;
      field?.dispatchEvent(new InputEvent("input", { bubbles: true }));
      continue;
    }
    const buttons = [...(frame.contentDocument?.querySelectorAll("button") ?? [])];
    buttons.find((it) => (it.getAttribute("aria-label") ?? it.textContent.trim()) === name)?.click();
  }
}

function show(): void {
  const wanted = shots().filter((shot) => shot.name.includes(filter.value.trim()));
  place.replaceChildren(
    ...wanted.map((shot) => {
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption");
      caption.textContent = shot.name;
      figure.append(caption, frame(shot, "light"), " ", frame(shot, "dark"));
      return figure;
    }),
  );
}

for (const control of [language, size, filter]) control.addEventListener("change", show);
show();
