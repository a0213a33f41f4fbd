/**
 * The consent page: what the app will be told, in plain words and with the values themselves.
 */
import { document, html } from './layout.js';
import { portrait } from './portrait.js';

/**
 * @param {object} page
 * @param {string} page.uid
 * @param {string} page.app
 * @param {import('../people.js').Person} page.person
 * @param {string[]} page.scopes       the scopes that were asked for
 * @param {boolean} page.staysSignedIn whether the app gets a refresh token
 */
export function consentPage({ uid, app, person, scopes, staysSignedIn }) {
  const content = html`
<h1>Share this with ${app}?</h1>
${portrait(person)}
<p id="shared"><strong>${app}</strong> will be able to:</p>
<ul class="shared" aria-labelledby="shared">
${sentences(person, scopes, staysSignedIn).map((sentence) => html`<li>${sentence}</li>\n`)}
</ul>
<p class="quiet">${app} does not see your password.</p>
<form method="post" action="/interaction/${uid}/consent">
<div class="actions pair">
<button id="allow" class="primary" type="submit">Allow</button>
<button id="deny" type="submit" formaction="/interaction/${uid}/deny">Deny</button>
</div>
</form>`;
  return document({ title: `Share this with ${app}?`, content });
}

/** @param {string[]} scopes */
const edits = (scopes) => scopes.includes('metadata') || scopes.includes('update:current_user_metadata');

/**
 * @param {import('../people.js').Person} person
 * @param {string[]} scopes
 * @param {boolean} staysSignedIn
 */
function sentences(person, scopes, staysSignedIn) {
  const picture = person.picture ? ', your picture' : '';
  const unverified = person.email_verified ? '' : ', not confirmed yet';
  return [
    html`know that it is you (<code>${person.sub}</code>)`,
    scopes.includes('profile') && html`see your name (${person.name})${picture}, language, country and account details`,
    scopes.includes('email') && html`see your e-mail address (${person.email}${unverified})`,
    edits(scopes) && html`change what you tell about yourself (names, country, preferences)`,
    staysSignedIn && html`keep you signed in on this computer until you sign out`,
  ].filter(Boolean);
}
