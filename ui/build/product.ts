// What the product is called, read from tauri.conf.json while the page is built: there alone it is written.
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

/** The names of the product. */
export interface Names {
  readonly product: string;
  /** What it is called on a command line; its files are named after it. */
  readonly program: string;
  readonly identifier: string;
}

export function productNames(): Names {
  const text = readFileSync(new URL("../../tauri.conf.json", import.meta.url), "utf8");
  const { productName, mainBinaryName, identifier } = JSON.parse(text) as Record<string, string>;
  if (!productName || !mainBinaryName || !identifier) throw new Error("tauri.conf.json does not name the product");
  return { product: productName, program: mainBinaryName, identifier };
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Writes the product's name into the page's title. */
export function titled(names: Names): Plugin {
  return {
    name: "product-title",
    transformIndexHtml: (html) => html.replaceAll("%PRODUCT%", escaped(names.product)),
  };
}
