/**
 * The people who can sign in here, and what the provider says about them.
 * Invented, with reserved example.com addresses; the password is the same for all and public.
 */

export const PASSWORD = 'demo';

/**
 * @typedef {object} Person
 * @property {string} sub
 * @property {string} name
 * @property {string} given_name
 * @property {string} family_name
 * @property {string} email
 * @property {boolean} email_verified
 * @property {string | undefined} picture   file name under pictures/
 * @property {string} locale
 * @property {number} updated_at            seconds since 1970
 * @property {Record<string, unknown>} user_metadata
 */

/** @type {readonly Person[]} */
export const PEOPLE = Object.freeze([
  {
    sub: 'ada',
    name: 'Ada Park',
    given_name: 'Ada',
    family_name: 'Park',
    email: 'ada@example.com',
    email_verified: true,
    picture: 'ada.png',
    locale: 'en-GB',
    updated_at: 1767225600,
    user_metadata: {
      first_name: 'Ada',
      last_name: 'Park',
      country: 'GB',
      active: true,
      department: 'Instruments',
      newsletter: false,
      seats: 3,
    },
  },
  {
    sub: 'benoit',
    name: 'Benoît Okafor',
    given_name: 'Benoît',
    family_name: 'Okafor',
    email: 'benoit@example.com',
    email_verified: false,
    picture: 'benoit.jpg',
    locale: 'fr-FR',
    updated_at: 1769904000,
    user_metadata: {
      first_name: 'Benoît',
      last_name: 'Okafor',
      country: 'FR',
      active: true,
      department: 'Workshop',
      newsletter: true,
      seats: 1,
    },
  },
  {
    sub: 'chiyo',
    name: 'Chiyo Lind',
    given_name: 'Chiyo',
    family_name: 'Lind',
    email: 'chiyo@example.com',
    email_verified: true,
    picture: undefined,
    locale: 'sv-SE',
    updated_at: 1772323200,
    user_metadata: {
      first_name: 'Chiyo',
      last_name: 'Lind',
      country: 'SE',
      active: false,
      department: 'Archive',
      newsletter: false,
      seats: 12,
    },
  },
]);

/**
 * @param {string | undefined} sub
 * @returns {Person | undefined}
 */
export function personBySub(sub) {
  return PEOPLE.find((person) => person.sub === sub);
}

/**
 * The person meant by what someone typed: the short name or the e-mail address, in any case, accents or not.
 * @param {unknown} login
 * @returns {Person | undefined}
 */
export function personByLogin(login) {
  if (typeof login !== 'string') return undefined;
  const plain = login.trim().normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return PEOPLE.find((person) => person.sub === plain || person.email === plain);
}

/**
 * What the userinfo endpoint may say; the scopes decide how much of it is shown.
 * @see OpenID Connect Core 1.0, section 5.1
 * @param {Person} person
 * @param {string} issuer
 */
export function claimsOf(person, issuer) {
  const { picture, sub, ...rest } = person;
  return {
    sub,
    ...rest,
    preferred_username: sub,
    ...(picture && { picture: pictureUrl(person, issuer) }),
  };
}

/**
 * @param {Person} person
 * @param {string} issuer
 */
export function pictureUrl(person, issuer) {
  return `${issuer}/pictures/${person.picture}`;
}
