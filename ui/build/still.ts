// Builds the program that draws the first frame (src/still): the same components as the page, compiled to make markup, with the few texts
// they say. It becomes the document's only program, and knows where the page's is.
import { createHash } from "node:crypto";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build, type Plugin, type Rolldown } from "vite";
import { messages } from "./messages.ts";

/** The texts that the signed-in screen says when all is well. Who adds one there adds it here; a test compares the two screens. */
const said = [
  "direction",
  "signedIn",
  "time",
  "stores",
  "unknown",
  "claims",
  "about.open",
  "metadata.open",
  "timeline.open",
  "buttons.signOut",
];

/** It never is a server: what Svelte keeps for one is left out. */
const nothing = "\0nothing";
const unused = /^(devalue|node:async_hooks)$/;

/** `define`: what is known while the page is built. */
export function still(define: Record<string, string>): Plugin {
  let file = "";
  return {
    name: "latchkey-still",
    apply: "build",
    async buildStart() {
      const code = await source(define);
      file = `assets/still-${createHash("sha256").update(code).digest("base64url").slice(0, 8)}.js`;
      this.emitFile({ type: "asset", fileName: file, source: code });
    },
    transformIndexHtml: {
      order: "post",
      handler(html) {
        const page = /(<script type="module"[^>]*) src="([^"]+)">/;
        if (!page.test(html)) throw new Error("index.html names no program");
        return html.replace(page, `$1 src="/${file}" data-page="$2">`);
      },
    },
  };
}

async function source(define: Record<string, string>): Promise<string> {
  const left: Plugin = {
    name: "latchkey-left-out",
    enforce: "pre",
    resolveId: (id) => (unused.test(id) ? nothing : null),
    load: (id) => (id === nothing ? "export const uneval = null, AsyncLocalStorage = null;" : null),
  };
  const built = await build({
    configFile: false,
    logLevel: "warn",
    define,
    plugins: [left, messages(said), svelte()],
    ssr: { noExternal: true, resolve: { conditions: ["svelte", "module", "import", "default"] } },
    build: { ssr: "src/still/still.ts", write: false, minify: true, target: "safari16" },
  });
  const chunks = (built as Rolldown.RolldownOutput).output.filter((file) => file.type === "chunk");
  if (chunks.length !== 1) throw new Error(`one program was expected: ${chunks.map((it) => it.fileName).join(", ")}`);
  return chunks[0]!.code;
}
