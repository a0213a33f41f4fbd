// Says on the console when a colour of the accent is none. The page goes on with its own: tokens.css registers them with a fallback.

const names = ["--accent-light", "--on-accent-light", "--accent-dark", "--on-accent-dark"];

/** The names of the accent's colours that cannot be used, as the style sheets write them. */
export function brokenAccents(rules: Iterable<CSSRule>): string[] {
  const broken: string[] = [];
  for (const rule of rules) {
    if (!(rule instanceof CSSStyleRule) || rule.selectorText !== ":root") continue;
    for (const name of names) {
      const value = rule.style.getPropertyValue(name).trim();
      if (value !== "" && !CSS.supports("color", value)) broken.push(`${name}: ${value}`);
    }
  }
  return broken;
}

export function checkAccent(document: Document): void {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  for (const broken of brokenAccents(rules))
    console.warn(`latchkey: ${broken} is no colour; the usual accent is shown`);
}
