/**
 * The question whether to sign out here, and the page after it.
 */
import { document, html } from './layout.js';
import { portrait } from './portrait.js';

/**
 * @param {object} page
 * @param {string} page.action
 * @param {string} page.secret  what shows that the answer comes from this page
 * @param {import('../people.js').Person} [page.person]
 * @param {string} [page.app]
 */
export function signOutPage({ action, secret, person, app }) {
  const content = html`
<h1>Sign out here too?</h1>
<p class="lead">${app ? html`You signed out of <strong>${app}</strong>. ` : ''}This browser still remembers you.</p>
${person && portrait(person)}
<form method="post" action="${action}">
<input type="hidden" name="xsrf" value="${secret}">
<div class="actions pair">
<button id="confirm-sign-out" class="primary" type="submit" name="logout" value="yes">Sign out</button>
<button id="stay" type="submit">Stay signed in</button>
</div>
</form>`;
  return document({ title: 'Sign out here too?', content });
}

/** @param {{ stayed: boolean }} page */
export function signedOutPage({ stayed }) {
  const title = stayed ? 'You stay signed in' : 'You are signed out';
  const sentence = stayed ? 'Nothing was changed in this browser.' : 'This browser no longer remembers you.';
  return document({ title, content: html`<h1>${title}</h1><p class="lead">${sentence} You can close this tab.</p>` });
}
