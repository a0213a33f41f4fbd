/** What the product is called, written in while the page is built (build/product.ts). */
declare const __NAMES__: import("../build/product").Names;
