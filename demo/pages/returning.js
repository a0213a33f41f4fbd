/**
 * The page that leads back to the app and stays in the tab afterwards.
 */
import { document, html } from './layout.js';

/** @typedef {'signed-in' | 'declined' | 'refused' | 'signed-out' | 'stayed'} WhatHappened */

/** @type {Record<WhatHappened, [string, string]>} */
const WORDS = {
  'signed-in': ['You are signed in', 'You can go back to'],
  declined: ['Sign-in cancelled', 'Nothing was shared. You can go back to'],
  refused: ['Sign-in did not work', 'The app has been told why. You can go back to'],
  'signed-out': ['You are signed out', 'This browser no longer remembers you. You can go back to'],
  stayed: ['You stay signed in here', 'You can go back to'],
};

/**
 * @param {object} page
 * @param {string} page.target   the address that opens the app
 * @param {WhatHappened} page.what
 * @param {string} page.app
 */
export function returningPage({ target, what, app }) {
  const [heading, sentence] = WORDS[what];
  const content = html`
<h1>${heading}</h1>
<p class="lead">${sentence} <strong>${app}</strong> and close this tab.</p>
<p class="quiet">If ${app} did not come to the front by itself:</p>
<div class="actions"><a id="open-app" class="button primary" href="${target}">Open ${app}</a></div>`;
  return document({ title: heading, content, head: html`<meta http-equiv="refresh" content="0; url=${target}">` });
}

/**
 * The page instead of the app, as if the browser had no way there: what its address bar would show.
 * @param {{ target: string }} page
 */
export function lostPage({ target }) {
  const content = html`
<h1>The app cannot be reached</h1>
<p class="lead">This browser was told to lose the way back. Its address bar would show:</p>
<p><code id="lost-callback">${target}</code></p>`;
  return document({ title: 'The app cannot be reached', content });
}
