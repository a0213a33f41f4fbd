/**
 * The front page: what this server is and who can sign in.
 */
import { CLIENT } from '../client.js';
import { PASSWORD, PEOPLE } from '../people.js';
import { document, html } from './layout.js';
import { portrait } from './portrait.js';

export function startPage() {
  const content = html`
<h1>An identity provider to try things with</h1>
<p class="lead">Start ${CLIENT.client_name} and choose “Sign in”; it opens the right page here.</p>
<h2>Demo accounts</h2>
<ul class="people">
${PEOPLE.map((person) => html`<li>${portrait(person)}
<p class="quiet">sign in as <code>${person.sub}</code></p></li>`)}
</ul>
<p>The password is <code>${PASSWORD}</code> for all of them.</p>
<p class="quiet"><a href="/.well-known/openid-configuration">Discovery document</a></p>`;
  return document({ title: 'Start', content });
}
