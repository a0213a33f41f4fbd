/**
 * The sign-in page: name, password, and a way out.
 */
import { PASSWORD, PEOPLE } from '../people.js';
import { document, html } from './layout.js';

/**
 * @param {object} page
 * @param {string} page.uid      the interaction
 * @param {string} page.app      who asks
 * @param {string} [page.login]  what to put into the name field
 * @param {string} [page.error]  what was wrong with the last try
 */
export function loginPage({ uid, app, login, error }) {
  const content = html`
<h1>Sign in</h1>
<p class="lead">to go on to <strong>${app}</strong></p>
${error && html`<p class="error" id="error" role="alert">${error}</p>`}
<form method="post" action="/interaction/${uid}/login">
<div class="field">
<label for="login">Name or e-mail address</label>
<input id="login" name="login" type="text" value="${login}" autocomplete="username" autocapitalize="none"
 spellcheck="false" required ${!login && html`autofocus`} ${described(error)}>
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 ${login && html`autofocus`} ${described(error)}>
</div>
<div class="actions pair">
<button id="sign-in" class="primary" type="submit">Sign in</button>
<button id="cancel" type="submit" formaction="/interaction/${uid}/cancel" formnovalidate>Cancel</button>
</div>
</form>
<aside class="note" aria-label="Demo accounts">
<p>Demo accounts: ${joined(PEOPLE.map((person) => html`<code>${person.sub}</code>`))}.
The password is <code>${PASSWORD}</code> for all.</p>
</aside>`;
  return document({ title: error ? 'Sign in: not accepted' : 'Sign in', content });
}

/** @param {string | undefined} error */
function described(error) {
  return error && html`aria-invalid="true" aria-describedby="error"`;
}

/** @param {ReturnType<typeof html>[]} items */
function joined(items) {
  return items.map((item, i) => (i === 0 ? item : html`, ${item}`));
}
