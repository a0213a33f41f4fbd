// A headless Chromium and its first tab, spoken to over a pipe (DevTools protocol): no port, no library.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How long the browser may take for one answer, in milliseconds. */
const patience = 30_000;

export class Browser {
  #child;
  #profile;
  #next = 1;
  #session;
  #waiting = new Map();
  #rest = "";
  /** What the page said on its console, and what it threw. */
  said = [];

  /** @param {string} program @param {{ fontSize?: number, fonts?: string }} look the person's text size in pixels; a fontconfig file */
  static async launch(program, { fontSize = 16, fonts } = {}) {
    const browser = new Browser();
    browser.#profile = mkdtempSync(join(tmpdir(), "latchkey-gallery-"));
    browser.#child = spawn(
      program,
      [
        "--headless",
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--remote-debugging-pipe",
        `--user-data-dir=${browser.#profile}`,
        `--blink-settings=defaultFontSize=${fontSize},defaultFixedFontSize=${Math.round((fontSize * 13) / 16)}`,
        "--font-render-hinting=none",
        "--disable-gpu",
        "--disable-lcd-text",
        "--hide-scrollbars",
        ...["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        ...["--disable-default-apps", "--disable-extensions", "--no-default-browser-check", "--metrics-recording-only"],
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "about:blank",
      ],
      {
        stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
        env: { ...process.env, TZ: "UTC", ...(fonts ? { FONTCONFIG_FILE: fonts } : {}) },
      },
    );
    browser.#child.on("error", (error) => browser.#end(error));
    browser.#child.on("exit", () => browser.#end(new Error("the browser has ended")));
    browser.#child.stdio[4].setEncoding("utf8").on("data", (text) => browser.#hear(text));
    const { targetInfos } = await browser.call("Target.getTargets");
    const { targetId } = targetInfos.find((target) => target.type === "page");
    const { sessionId } = await browser.call("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = sessionId;
    await browser.call("Page.enable");
    await browser.call("Runtime.enable");
    return browser;
  }

  call(method, params = {}) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the browser does not answer ${method}`)), patience);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: this.#session })}\0`);
    });
  }

  /** The value of an expression in the page; waits for a promise. */
  async evaluate(expression) {
    const answer = await this.call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails) {
      throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
    }
    return answer.result.value;
  }

  /** Waits until an expression in the page is true. */
  async until(expression, what) {
    for (const begun = Date.now(); Date.now() - begun < patience;) {
      // While the page is being replaced there is nothing to ask.
      if (await this.evaluate(expression).catch(() => false)) return;
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`waited in vain for ${what}`);
  }

  async close() {
    this.#child.removeAllListeners("exit");
    const ended = new Promise((done) => this.#child.once("exit", done));
    await this.call("Browser.close").catch(() => this.#child.kill("SIGKILL"));
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #hear(text) {
    const messages = (this.#rest + text).split("\0");
    this.#rest = messages.pop() ?? "";
    for (const message of messages.map((it) => JSON.parse(it))) {
      const waiting = this.#waiting.get(message.id);
      if (waiting) {
        this.#waiting.delete(message.id);
        clearTimeout(waiting.timer);
        if (message.error) waiting.reject(new Error(message.error.message));
        else waiting.resolve(message.result);
      } else if (message.method === "Runtime.exceptionThrown") {
        this.said.push(message.params.exceptionDetails.exception?.description ?? "an exception");
      } else if (message.method === "Runtime.consoleAPICalled" && ["error", "warning"].includes(message.params.type)) {
        this.said.push(message.params.args.map((it) => it.value ?? it.description).join(" "));
      }
    }
  }

  #end(error) {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}
