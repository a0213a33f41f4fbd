// The editor of a person's details, whole: every way a change can go.
import { cleanup, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import App from "../src/App.svelte";
import codeSource from "../src/bindings/TroubleCode.ts?raw";
import type { Conflict } from "../src/bindings/Conflict";
import type { Content } from "../src/bindings/Content";
import type { Shown } from "../src/bindings/Shown";
import type { TroubleCode } from "../src/bindings/TroubleCode";
import { fields, known } from "../src/bridge/editing";
import { samples } from "../src/bridge/samples";
import { Language, languages } from "../src/messages";
import { codes } from "../src/metadata/troubles";
import type { Page } from "../src/page.svelte";
import { EditingBridge } from "./editing";
import { english, FakeBridge, pageOf } from "./fake";

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const user = userEvent.setup();
const sweden: Shown = { name: "country", kind: "text", text: "SE", value: "SE" };
const britain = fields.find(({ name }) => name === "country")!;
const conflict: Conflict = { name: "country", base: britain, mine: "FR", theirs: sweden };
const inSweden = fields.map((field) => (field.name === "country" ? sweden : field));

async function open(bridge = new EditingBridge(), language = english): Promise<Page> {
  const page = pageOf(bridge, language);
  render(App, { page });
  await waitFor(() => expect(page.metadata.now.asked).toBe(true));
  page.over.open("metadata");
  await waitFor(() => expect(document.querySelector("form")).not.toBeNull());
  await waitFor(() => expect(page.metadata.now.busy).toBeNull());
  return page;
}

const text = (name: string) => screen.getByRole<HTMLInputElement>("textbox", { name });
const button = (name: string | RegExp) => screen.getByRole("button", { name });
const status = () => document.querySelector(".foot [role=status]")?.textContent?.trim();

async function type(name: string, value: string): Promise<void> {
  const input = text(name);
  await user.clear(input);
  if (value) await user.type(input, value);
}

describe("without an editor", () => {
  it("is absent, and nothing is asked", async () => {
    const bridge = new FakeBridge(samples(Date.now())["signed-in"]);
    const asked = vi.spyOn(bridge, "metadata");
    render(App, { page: pageOf(bridge) });
    await waitFor(() => expect(bridge.asked).toContain("painted true"));
    expect(screen.queryByText("Edit your profile")).toBeNull();
    expect(asked).not.toHaveBeenCalled();
  });
});

describe("fields", () => {
  it("have fitting inputs, the known ones first and in their order", async () => {
    await open();
    const names = [...document.querySelectorAll(".field .head label")].map((label) => label.textContent?.trim());
    expect(names).toEqual([
      ...["First name", "Last name", "Country", "Active", "Seats"],
      ...["department", "newsletter", "plan"],
    ]);
    expect(text("First name").value).toBe("Ada");
    expect(text("First name").maxLength).toBe(40);
    const country = screen.getByRole<HTMLSelectElement>("combobox", { name: "Country" });
    expect(country.selectedOptions[0]?.textContent).toBe("United Kingdom");
    expect(country.options.length).toBe(250);
    expect(
      within(screen.getByRole("radiogroup", { name: "Active" })).getByLabelText<HTMLInputElement>("Yes").checked,
    ).toBe(true);
    expect(screen.getByRole<HTMLInputElement>("spinbutton", { name: "Seats" }).value).toBe("3");
    expect(screen.getByText('{"name":"team","since":2024}')).toBeTruthy();
  });

  it("are not all there, where there are very many", async () => {
    await open(new EditingBridge({ fields, left_out: 27 }));
    expect(screen.getByText("27 more are not shown here, and not changed by saving.")).toBeTruthy();
  });

  it("are all there, and nothing else is said", async () => {
    await open();
    expect(screen.queryByText(/not shown here/)).toBeNull();
  });

  it("have names in every language", async () => {
    for (const tag of languages()) {
      const page = await open(new EditingBridge(), new Language(tag));
      expect(text(page.say(page.words.claims.names.given_name))).toBeTruthy();
      cleanup();
    }
  });

  it.each(["usual", "draft", "conflict", "trouble"])("pass axe (%s)", async (what) => {
    const draft = { at: new Date().toISOString(), edits: [{ name: "country", base: britain, value: "FR" }] };
    const bridge = new EditingBridge(
      what === "draft"
        ? { fields, draft: { ...draft, conflicts: [] } }
        : what === "conflict"
          ? { fields: inSweden, draft: { ...draft, conflicts: [conflict] } }
          : what === "trouble"
            ? { fields, trouble: { code: "forbidden", scope: "a b", detail: "no" } }
            : { fields },
    );
    await open(bridge);
    const result = await axe.run(document, { rules: { "color-contrast": { enabled: false } } });
    expect(result.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
    expect(document.querySelectorAll("[style]")).toHaveLength(0);
  });

  it("show hostile names and values as text, bounded", async () => {
    const name = `<b>${"x".repeat(300)}`;
    const hostile: Shown[] = [
      { name, kind: "text", text: `<img src=x>${"y".repeat(1990)}` },
      { name: "__proto__", kind: "text", text: "z" },
      { name: "constructor", kind: "text", text: "w", value: "w" },
    ];
    await open(new EditingBridge({ fields: hostile }));
    expect(document.querySelector("form b, form img")).toBeNull();
    expect(text("constructor").value).toBe("w");
    expect(screen.getByText("__proto__")).toBeTruthy();
  });
});

describe("editing", () => {
  it("marks a change, keeps it in the shell after a moment, and takes it back", async () => {
    const bridge = new EditingBridge();
    await open(bridge);
    await type("First name", "Grace");
    expect(screen.getByText("Changed")).toBeTruthy();
    expect(status()).toBe("1 change not saved");
    await waitFor(() => expect(bridge.kept.at(-1)).toEqual({ first_name: "Grace" }));
    await user.click(button("Undo the change of First name"));
    expect(text("First name").value).toBe("Ada");
    expect(status()).toBe("");
    await waitFor(() => expect(bridge.kept.at(-1)).toEqual({}));
    expect(bridge.saved).toEqual([]);
  });

  it("is no change when the value is what it was", async () => {
    await open();
    await type("First name", "Ada");
    expect(screen.queryByText("Changed")).toBeNull();
  });

  it("sends text, country, yes or no, number, and what is emptied or removed", async () => {
    const bridge = new EditingBridge();
    await open(bridge);
    await type("First name", "Grace");
    await type("Last name", "");
    await user.selectOptions(screen.getByRole("combobox", { name: "Country" }), "France");
    await user.click(within(screen.getByRole("radiogroup", { name: "Active" })).getByLabelText("No"));
    const seats = screen.getByRole("spinbutton", { name: "Seats" });
    await user.clear(seats);
    await user.type(seats, "4.5");
    await user.click(button("Remove plan"));
    await type("department", "");
    await user.click(button("Save"));
    await waitFor(() => expect(status()).toBe("Saved."));
    const changes = {
      first_name: "Grace",
      last_name: null,
      country: "FR",
      active: false,
      seats: 4.5,
      plan: null,
      department: "",
    };
    expect(bridge.saved).toEqual([{ changes, over: [] }]);
    expect(screen.queryByText("Changed")).toBeNull();
    expect(screen.queryByText("plan")).toBeNull();
  });

  it("refuses what is no number, and saves nothing meanwhile", async () => {
    const bridge = new EditingBridge();
    await open(bridge);
    const seats = screen.getByRole("spinbutton", { name: "Seats" });
    await user.clear(seats);
    await user.type(seats, "99999999999999999999");
    expect(screen.getByText("Write a number.")).toBeTruthy();
    expect(seats.getAttribute("aria-invalid")).toBe("true");
    await user.click(button("Save"));
    expect(bridge.saved).toEqual([]);
    await user.click(button("Undo the change of Seats"));
    expect(screen.queryByText("Write a number.")).toBeNull();
    expect(screen.getByRole<HTMLInputElement>("spinbutton", { name: "Seats" }).value).toBe("3");
  });

  it("saves with Enter in a field, and with Ctrl+S anywhere", async () => {
    const bridge = new EditingBridge();
    await open(bridge);
    await type("First name", "Grace");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(bridge.saved).toHaveLength(1));
    await waitFor(() => expect(status()).toBe("Saved."));
    await type("First name", "Edith");
    document.querySelector<HTMLElement>("h1")!.focus();
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(bridge.saved).toHaveLength(2));
  });

  it("keeps what is typed while it is being saved", async () => {
    const bridge = new EditingBridge();
    let let_go = () => {};
    bridge.gate = new Promise((done) => (let_go = done));
    await open(bridge);
    await type("First name", "Grace");
    await user.click(button("Save"));
    expect(status()).toBe("Saving…");
    await type("First name", "Edith");
    await user.click(button("Save"));
    let_go();
    await waitFor(() => expect(status()).toBe("1 change not saved"));
    expect(bridge.saved).toHaveLength(1);
    expect(text("First name").value).toBe("Edith");
  });

  it("adds a detail of another name and kind", async () => {
    const bridge = new EditingBridge();
    await open(bridge);
    const name = text("Name");
    for (const [wrong, said] of [
      ["", "Write a name of up to 100 letters and digits."],
      ["country", "There is a detail of this name already."],
      ["a\u202eb", "Write a name of up to 100 letters and digits."],
    ]) {
      await user.clear(name);
      if (wrong) await user.type(name, wrong);
      await user.click(button("Add"));
      expect(screen.getByRole("alert").textContent).toBe(said);
    }
    await user.clear(name);
    await user.type(name, "shoe size");
    await user.selectOptions(screen.getByRole("combobox", { name: "Kind" }), "Number");
    await user.type(name, "{Enter}");
    const field = screen.getByRole<HTMLInputElement>("spinbutton", { name: "shoe size" });
    await user.clear(field);
    await user.type(field, "38");
    await user.click(button("Save"));
    await waitFor(() => expect(bridge.saved[0]?.changes).toEqual({ "shoe size": 38 }));
  });

  it("discards everything when told", async () => {
    const bridge = new EditingBridge();
    await open(bridge);
    await type("First name", "Grace");
    await user.click(button("Discard"));
    expect(text("First name").value).toBe("Ada");
    expect(bridge.discarded).toBe(1);
    // On a busy machine some of it was kept while it was typed; after this nothing is.
    const kept = bridge.kept.length;
    await new Promise((done) => setTimeout(done, 500));
    expect(bridge.kept).toHaveLength(kept);
  });

  it("says when the disk does not keep it", async () => {
    const bridge = new EditingBridge();
    bridge.keeps = false;
    await open(bridge);
    await type("First name", "G");
    await waitFor(() => expect(status()).toBe("Not saved, and not kept on this computer either."));
  });

  it("hands over what is typed when it is left at once, and says so on the screen before", async () => {
    const bridge = new EditingBridge();
    await open(bridge);
    await type("First name", "Grace");
    await user.keyboard("{Escape}");
    expect(bridge.kept.at(-1)).toEqual({ first_name: "Grace" });
    expect(await screen.findByText("Not saved")).toBeTruthy();
    expect(screen.getByText("Signing out removes what isn’t saved.")).toBeTruthy();
    await waitFor(() => expect(document.activeElement?.textContent).toContain("Edit your profile"));
  });
});

describe("a conflict", () => {
  const meeting = async (bridge: EditingBridge) => {
    bridge.answers = [{ conflicts: [conflict], content: { fields: inSweden } }];
    await open(bridge);
    await user.selectOptions(screen.getByRole("combobox", { name: "Country" }), "France");
    await type("First name", "Grace");
    await user.click(button("Save"));
    const heading = await screen.findByRole("heading", { name: "Changed here and elsewhere" });
    expect(document.activeElement).toBe(heading);
    return screen.getByRole("group", { name: "Country" });
  };

  it("shows what it was, theirs and one's own, and chooses nothing by itself", async () => {
    const bridge = new EditingBridge();
    const group = await meeting(bridge);
    expect(group.textContent).toMatch(/It was: United Kingdom.*Theirs\s*Sweden.*Yours\s*France/su);
    expect(within(group).queryByRole("radio", { checked: true })).toBeNull();
    expect(button("Save choice").getAttribute("aria-disabled")).toBe("true");
    await user.keyboard("{Control>}s{/Control}");
    expect(bridge.saved).toHaveLength(1);
  });

  it("saves one's own over theirs", async () => {
    const bridge = new EditingBridge();
    const group = await meeting(bridge);
    await user.click(within(group).getByRole("radio", { name: /Yours/ }));
    await user.click(button("Save choice"));
    await waitFor(() => expect(status()).toBe("Saved."));
    expect(bridge.saved[1]).toEqual({ changes: { country: "FR", first_name: "Grace" }, over: ["country"] });
  });

  it("leaves theirs, and saves the rest", async () => {
    const bridge = new EditingBridge();
    const group = await meeting(bridge);
    await user.click(within(group).getByRole("radio", { name: /Theirs/ }));
    await user.click(button("Save choice"));
    await waitFor(() => expect(status()).toBe("Saved."));
    expect(bridge.saved[1]).toEqual({ changes: { first_name: "Grace" }, over: [] });
  });

  it("needs no save when all of theirs stay", async () => {
    const draft = {
      at: new Date().toISOString(),
      edits: [{ name: "country", base: britain, value: "FR" }],
      conflicts: [conflict],
    };
    const bridge = new EditingBridge({ fields: inSweden, draft });
    await open(bridge);
    await user.click(screen.getByRole("radio", { name: /Theirs/ }));
    await user.click(button("Save choice"));
    await waitFor(() => expect(bridge.discarded).toBe(1));
    expect(bridge.saved).toEqual([]);
    expect(screen.getByRole<HTMLSelectElement>("combobox", { name: "Country" }).value).toBe("SE");
  });
});

describe("a draft of an earlier run", () => {
  const at = new Date(Date.now() - 24 * 3600_000).toISOString();
  const draft: Content["draft"] = { at, edits: [{ name: "country", base: britain, value: "FR" }], conflicts: [] };

  it("is offered, and sent only when told", async () => {
    const bridge = new EditingBridge({ fields, draft });
    await open(bridge);
    expect(screen.getByText(/^You made these changes yesterday at .* and haven’t saved them yet\.$/)).toBeTruthy();
    expect(screen.getByRole<HTMLSelectElement>("combobox", { name: "Country" }).value).toBe("FR");
    expect(bridge.saved).toEqual([]);
    await user.click(button("Save"));
    await waitFor(() => expect(bridge.saved[0]?.changes).toEqual({ country: "FR" }));
    expect(screen.queryByText(/haven’t saved/)).toBeNull();
  });

  it("is shown alone while the rest cannot be read", async () => {
    const bridge = new EditingBridge({ draft, trouble: { code: "offline" } });
    const page = await open(bridge);
    expect(screen.getByText("Your profile can’t be reached")).toBeTruthy();
    expect(screen.getByText(/Your changes are kept on this computer\.$/)).toBeTruthy();
    expect(status()).toBe("1 change not saved");
    expect([...document.querySelectorAll(".field")]).toHaveLength(1);
    bridge.content = { fields, draft };
    await page.metadata.load();
    await waitFor(() => expect(document.querySelectorAll(".field")).toHaveLength(8));
    expect(page.metadata.now.edits.get("country")).toBe("FR");
  });

  it("is another person's no more when they sign in", async () => {
    const bridge = new EditingBridge({ fields, draft });
    const page = await open(bridge);
    bridge.content = { fields };
    const view = samples(Date.now())["signed-in"] as Extract<ReturnType<typeof samples>[string], { kind: "signed-in" }>;
    bridge.show({ ...view, profile: { ...view.profile, sub: "benoit" } });
    await waitFor(() => expect(page.metadata.now.edits.size).toBe(0));
    bridge.show({ kind: "signed-out", why: "by-user" });
    await waitFor(() => expect(page.metadata.now.fields).toBeNull());
  });
});

describe("trouble", () => {
  const failing = async (trouble: Parameters<EditingBridge["answers"]["push"]>[0]) => {
    const bridge = new EditingBridge();
    bridge.answers = [trouble];
    const page = await open(bridge);
    await type("First name", "G");
    await user.click(button("Save"));
    await waitFor(() => expect(page.metadata.now.trouble).not.toBeNull());
    return { bridge, page };
  };

  it("knows every code of the shell", () => {
    const all = [...codeSource.slice(codeSource.indexOf("export type")).matchAll(/"([^"]+)"/g)].map(([, code]) => code);
    expect([...codes].sort()).toEqual(all.sort());
  });

  it.each(codes)("%s: a heading and a sentence, and the changes stay", async (code) => {
    await failing({ code: code as TroubleCode });
    expect(document.querySelector(".notice .title")?.textContent).toMatch(/^\p{Lu}.{8,60}[^.]$/u);
    expect(document.querySelector(".notice .text")?.textContent).toMatch(/^\p{Lu}.+\.$/u);
    expect(text("First name").value).toBe("G");
  });

  it("names the permission that is missing, and leads to signing in", async () => {
    const { bridge } = await failing({ code: "forbidden", scope: "update:current_user_metadata" });
    expect(screen.getByText(/lacks the permission “update:current_user_metadata”/)).toBeTruthy();
    await user.click(button("Sign in again"));
    expect(bridge.asked).toContain("signIn");
  });

  it("shows the server's words by field until it is corrected", async () => {
    const message = "a first name needs two letters";
    await failing({ code: "refused", detail: "no", fields: [{ name: "first_name", message }] });
    expect(text("First name").getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByText(message)).toBeTruthy();
    await user.type(text("First name"), "r");
    expect(screen.queryByText(message)).toBeNull();
  });

  it("counts down and saves nothing before the time that was told", async () => {
    const { bridge, page } = await failing({ code: "busy", retry_at: new Date(Date.now() + 30_000).toISOString() });
    expect(screen.getByText(/You can save in \d+ seconds\./)).toBeTruthy();
    await user.click(button("Save"));
    expect(bridge.saved).toHaveLength(1);
    page.now = Date.now() + 31_000;
    await waitFor(() => expect(screen.queryByText(/You can save/)).toBeNull());
    await user.click(button("Save"));
    await waitFor(() => expect(bridge.saved).toHaveLength(2));
  });

  it("without an answer at all is told, too", async () => {
    const bridge = new EditingBridge();
    bridge.metadata = () => Promise.reject("no such command");
    const page = pageOf(bridge);
    render(App, { page });
    await waitFor(() => expect(page.metadata.now.trouble?.code).toBe("unusable"));
    page.over.open("metadata");
    expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
    expect(known.length).toBeGreaterThan(0);
  });
});
