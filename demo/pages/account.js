/**
 * Choosing an account (prompt=select_account): go on as the person signed in here, or as somebody else.
 */
import { document, html } from './layout.js';
import { portrait } from './portrait.js';

/**
 * @param {object} page
 * @param {string} page.uid
 * @param {string} page.app
 * @param {import('../people.js').Person} page.person
 */
export function accountPage({ uid, app, person }) {
  const content = html`
<h1>Choose an account</h1>
<p class="lead">to go on to <strong>${app}</strong></p>
<form method="post" action="/interaction/${uid}/continue">
${portrait(person)}
<div class="actions">
<button id="continue" class="primary" type="submit">Continue as ${person.given_name}</button>
<a id="another" class="button" href="/interaction/${uid}/login">Use another account</a>
<button id="cancel" type="submit" formaction="/interaction/${uid}/cancel">Cancel</button>
</div>
</form>`;
  return document({ title: 'Choose an account', content });
}
