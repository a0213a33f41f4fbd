/**
 * The pages of a sign-in on another device.
 */
import { document, html } from './layout.js';

/**
 * @param {object} page
 * @param {string} page.action
 * @param {string} page.secret      what shows that the answer comes from this page
 * @param {string} [page.userCode]  the code, where it came with the address
 * @param {string} [page.error]     what was wrong with the last try
 */
export function codePage({ action, secret, userCode, error }) {
  const content = html`
<h1>Sign in on another device</h1>
<p class="lead">Type the code that the app shows.</p>
${error && html`<p class="error" id="error" role="alert">${error}</p>`}
<form method="post" action="${action}">
<input type="hidden" name="xsrf" value="${secret}">
<div class="field">
<label for="user-code">Code</label>
<input id="user-code" name="user_code" type="text" value="${userCode}" autocomplete="off" autocapitalize="characters"
 spellcheck="false" required autofocus ${error && html`aria-invalid="true" aria-describedby="error"`}>
</div>
<div class="actions"><button id="continue" class="primary" type="submit">Continue</button></div>
</form>`;
  return document({ title: 'Sign in on another device', content });
}

/**
 * @param {object} page
 * @param {string} page.action
 * @param {string} page.secret
 * @param {string} page.app
 * @param {string} page.userCode
 */
export function confirmPage({ action, secret, app, userCode }) {
  const content = html`
<h1>Is this your code?</h1>
<p class="lead">Go on only if <strong>${app}</strong> shows it on a device in front of you.</p>
<p><code id="shown-code">${userCode}</code></p>
<form method="post" action="${action}">
<input type="hidden" name="xsrf" value="${secret}">
<input type="hidden" name="user_code" value="${userCode}">
<input type="hidden" name="confirm" value="yes">
<div class="actions pair">
<button id="confirm" class="primary" type="submit">Yes, go on</button>
<button id="abort" type="submit" name="abort" value="yes">No</button>
</div>
</form>`;
  return document({ title: 'Is this your code?', content });
}

/** @param {{ app?: string, declined?: boolean }} page */
export function donePage({ app = 'the app', declined = false }) {
  const title = declined ? 'Nobody was signed in' : 'You are signed in';
  const sentence = declined ? 'The app has been told so.' : html`Go back to <strong>${app}</strong>: it goes on by itself.`;
  return document({ title, content: html`<h1>${title}</h1><p class="lead">${sentence} You can close this tab.</p>` });
}
