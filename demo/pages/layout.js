/**
 * The frame of every page, and the one way values get into HTML: the `html` tag escapes whatever is put in.
 */

import { CLIENT } from '../client.js';

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML that is already safe. */
class Markup {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/**
 * A template tag: text is escaped, other markup and lists of it go in as they are, nothing for undefined and false.
 * @param {TemplateStringsArray} parts
 * @param {...unknown} values
 */
export function html(parts, ...values) {
  return new Markup(parts.reduce((text, part, i) => text + asHtml(values[i - 1]) + part));
}

/** @param {unknown} value */
function asHtml(value) {
  if (value === undefined || value === null || value === false) return '';
  if (Array.isArray(value)) return value.map(asHtml).join('');
  if (value instanceof Markup) return value.text;
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

/**
 * @param {object} page
 * @param {string} page.title
 * @param {Markup} page.content  starts with the page's h1
 * @param {Markup} [page.head]
 * @returns {string} a whole document
 */
export function document({ title, content, head }) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – ${CLIENT.client_name} demo provider</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
${head}
</head>
<body>
<header class="banner">
<p><strong>Development only.</strong> Do not type a real password here.</p>
</header>
<main class="card">
<p class="brand"><img src="/icon.svg" alt="" width="28" height="28"> ${CLIENT.client_name} demo provider</p>
${content}
</main>
</body>
</html>
`.text;
}
