/**
 * What the provider announces and does beyond the usual, changed by the control API while it runs: so that one server can play
 * providers that offer more, or less.
 */

/** What can be chosen, the usual first. */
export const CHOICES = {
  /** Pushed authorization requests (RFC 9126): not there, announced, or the only ones accepted. */
  par: ['off', 'offered', 'required'],
  /** The device grant (RFC 8628). */
  device: ['offered', 'off'],
  /** Which values of `prompt` are announced, if any. */
  prompts: ['all', 'without-select-account', 'unsaid'],
  /** The way back to the app: as it should be, or lost. The tab then shows the address that did not arrive. */
  callback: ['arrives', 'lost'],
};

/** @typedef {{ par: string, device: string, prompts: string, callback: string }} Offers */

/** @returns {Offers} */
export function usualOffers() {
  return Object.fromEntries(Object.entries(CHOICES).map(([name, [usual]]) => [name, usual]));
}

/** @param {Offers} offers */
export function announcedPrompts({ prompts }) {
  const all = ['none', 'login', 'consent', 'select_account'];
  return { all, 'without-select-account': all.slice(0, 3) }[prompts];
}
