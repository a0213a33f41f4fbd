// Hostile and odd claim values look sane.
import { describe, expect, it } from "vitest";
import type { Profile } from "../src/bindings/Profile";
import { displayName, initials, line, pieces } from "../src/clean";

const profile = (more: Partial<Profile>): Profile => ({ issuer: "https://a.example/", sub: "s-1", name: "", ...more });

describe("line", () => {
  it.each([
    ["a name", "Ada Park", "Ada Park"],
    ["line breaks and tabs", " Ada\r\n\t Park ", "Ada Park"],
    ["bidirectional controls", "Ada \u202egpj.kraP\u2066\u200f", "Ada gpj.kraP"],
    ["control characters", "A\u0000d\u001b[31ma\u0085", "Ad[31ma"],
    ["zero-width characters", "A\u200bd\ufeffa", "Ada"],
    ["joined emoji", "👩‍👩‍👧 Ada", "👩‍👩‍👧 Ada"],
    ["right-to-left letters", "ليلى حداد", "ليلى حداد"],
    ["piled marks", `Z${"\u0300".repeat(400)}algo`, `Z${"\u0300".repeat(4)}algo`],
    ["markup stays text", "<b>Ada</b>", "<b>Ada</b>"],
  ])("%s", (_, given, wanted) => expect(line(given)).toBe(wanted));

  it("is bounded", () => {
    expect(Array.from(line("x".repeat(10_000)))).toHaveLength(120);
    expect(line("😀".repeat(5000), 10)).toBe(`${"😀".repeat(9)}…`);
  });
});

describe("displayName", () => {
  it("takes the first that shows anything", () => {
    expect(displayName(profile({ name: "Ada" }), "x")).toBe("Ada");
    expect(displayName(profile({ name: "\u200b\u202e ", preferred_username: "ada" }), "x")).toBe("ada");
    expect(displayName(profile({ name: " " }), "x")).toBe("s-1");
    expect(displayName(profile({ sub: "\u200b" }), "Somebody")).toBe("Somebody");
  });
});

describe("initials", () => {
  it.each([
    ["Ada Park", "AP"],
    ["Ada Maria van der Park", "AP"],
    ["ada", "A"],
    ["ada.park@example.com", "AP"],
    ["Benoît Okafor", "BO"],
    ["ليلى حداد", "لح"],
    ["李小龙", "李"],
    ["<b>Ada</b>", "B"],
    ["😀 !!!", ""],
    ["", ""],
  ])("%s", (name, wanted) => expect(initials(name)).toBe(wanted));
});

it("cuts a path where a line may break", () => {
  expect(pieces("/home/ada/a.toml")).toEqual(["/", "home/", "ada/", "a.toml"]);
  expect(pieces("C:\\Users\\a.toml")).toEqual(["C:\\", "Users\\", "a.toml"]);
});
