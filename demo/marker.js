/**
 * A text that every code and token issued from now on holds, so that a test can look for one thing wherever it must not be.
 * Opaque values hold it in their middle, as they are; an ID token as its `jti`, so in base64url.
 */

/** The ID token's claim: one that is about the token and not about the person, so nobody shows it. */
export const CLAIM = 'jti';

/** What fits into a token as it is, and is long enough to be found by nobody's accident. */
const FITS = /^[A-Za-z0-9_-]{12,1024}$/;

export class Marker {
  /** @type {string | undefined} */
  #text;

  get claims() {
    return this.#text && { [CLAIM]: this.#text };
  }

  /**
   * @param {unknown} text nothing: codes and tokens without a marker
   * @returns {boolean} whether it fits
   */
  set(text) {
    const fits = text === undefined || (typeof text === 'string' && FITS.test(text));
    if (fits) this.#text = text;
    return fits;
  }

  /** @param {string} value an opaque code or token */
  into(value) {
    const middle = value.length / 2;
    return this.#text ? `${value.slice(0, middle)}${this.#text}${value.slice(middle)}` : value;
  }
}

/**
 * Lets a provider's codes and opaque tokens pass through the marker.
 * @param {import('oidc-provider').Provider} provider
 * @param {Marker} marker
 */
export function markIssued(provider, marker) {
  for (const kind of ['AuthorizationCode', 'AccessToken', 'RefreshToken']) {
    const { prototype } = provider[kind];
    const { generateTokenId } = prototype;
    prototype.generateTokenId = function marked() {
      return marker.into(generateTokenId.call(this));
    };
  }
}
