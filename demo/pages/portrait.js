/**
 * Who is signed in here: picture or initial, name, e-mail address.
 */
import { html } from './layout.js';

/** @param {import('../people.js').Person} person */
export function portrait(person) {
  const image = person.picture
    ? html`<img src="/pictures/${person.picture}" alt="" width="44" height="44">`
    : html`<span class="initial" aria-hidden="true">${person.given_name[0]}</span>`;
  return html`<p class="person">${image}<span><strong>${person.name}</strong><br>${person.email}</span></p>`;
}
