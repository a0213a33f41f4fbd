/**
 * The keys of the demo provider: one fixed signing key, so that a restart changes nothing, and new ones on demand.
 *
 * DEVELOPMENT ONLY. The private key below is public: everybody who has this repository can sign with it. Nothing that
 * matters may ever trust it.
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

/** Signs the cookies of the pages. As public as the signing key. */
export const COOKIE_KEYS = ['latchkey-demo-provider-development-only'];

/** @type {import('node:crypto').JsonWebKey} */
const DEVELOPMENT_KEY = {
  kid: 'development-only-1',
  use: 'sig',
  alg: 'RS256',
  kty: 'RSA',
  n:
    '1wlpz_qQTMfreTZeAOn0gOUMsYugogaf5vINIVwBiXHU-S6sX-poSpvIFNRK-PKoBDCIcJl74azYY6OIQ4pZz0eZwGpN_RQEbHMd' +
    'dYkWuzC-drvlQi_UNa0ffI8I4-BLSq0X71a7a5SlJTBTDnC4RE905l_CbGtKPdLZ_xjbVarL0vEcI6okPuew1FVi6XBeKRGOtkZf' +
    'vX3LBfkzhfzk8zi8IzC_8qIKhzoBguW3zcW33b5qUeM6XUoQtjIXJxUItowjouBvDteZ8VSUPQCCtMuQCGNsFx6vIwQgtFeS13Sy' +
    'OnQNyqXJ25DsOkD07_nPc9PSEqtGW1dwj72i8RgpAQ',
  e: 'AQAB',
  d:
    'X_NgVqAsYUZXqOd8fJXoNtd9mX9_Nq0UDp31A-yk9upnKKUN32KeFKR8W-b6aSkFlZD-YJfr8iAJEjS3KcQDHP2K-pO0pveWnbmj' +
    '7H02OmKeqiZfPvBOlYDhatf8FIpRrkmcQ3yE9pUGN5jfhrL_VePKer1B6NTa9Mkv4qb5v7g8AZoEDCvuvUZRl_KkpIBmqKcpbLSN' +
    'eu_J_Gc5L6uS-HVFs1oOtvcqvQxu55d91CDDLWJFxkZxjsWWkKecw2cy_J-hoT7R4_oXTCRr8RbtU98ysXVLAGpt6vFmgIMKV2QM' +
    'OX5eDGNCNn41WNaEOSIW4z6jTTI0LOuC2CKPTpvu7Q',
  p:
    '7ZJg659USG-I09BIdBxZ5U6SDwan1Pg_JslcvNeeTNEO3XI-qc5juMknm8O-PsaQGVP-_2O7FPdMUCDd9Xq-SAPsd0FotgCCUonA' +
    'PwQXu9T2QHNECMwyU4vsweZAdwkOgerkBW-IyVen0UXbCKgt4PvvtqVsuAQhHj8tKrC62n8',
  q:
    '57eKtCTYKoj38OT0EwrZN6JOYwjZ9JZdCXOV_3DP1Vn8ttPlCImMZqDQT-nWG3UfVkwADH5dBeqSoe7AZnR-91xYaWT5Y62AspAo' +
    'YjxBKiho9G1-CNrxsedWqxTYkdX1nNdM8bg4ee4NS_OjQSxd6rozIrP05QhiEYlXOw7QPH8',
  dp:
    'oTQwW_HTSQuVttSgNVl_jl-QMG39uD9y6qi8Ks_MdKdvBMieyK5pcFveao2aLBKkeOtMHpPXwFRGDiEfO5E8SLWQ4SMbIFScGdGr' +
    'B5eJW0UYi4crZSTaCWLrFm9c0ujsVS_D5gRWtvipwRE7nVYxO3b4o-EAMqVqq5GG3m7pe5U',
  dq:
    'c9MsEwYDw6c5gIGBe29FyuhnlFtdT0RF9y5-wPOr_7J-fwkGCDFxK--gkQGK06jE5EcTEyuq5gUuDKGiLNR4jr7rNquReYDFvvwO' +
    'I6SI0kDmzZ9Zi6WdgNbpXJUL-EHiBuccAAuct14F6Xw8k5xQyb8PRn57oGyDUM68-rlZ35M',
  qi:
    'TRMTr9F9MDnRzUfiDC0tTadzLPdhkcoI-k-Eaa0-YbPiZijyRWP1GodCdsCP5marD1kJO-uascmqNYjwgnLvRJqnlqN13QsTESJm' +
    'ZevXnP3Df12goC3aHnkev8xJMWf4EO7RN3OXFrMOqJN4ubbcEzYQbe8n4cs9hh0BIfzrvZI',
};

/** The keys a provider starts with when it has no stored ones. */
export function firstKeys() {
  return [DEVELOPMENT_KEY];
}

/**
 * The key set after a rotation: the new key comes first and signs from now on.
 * @param {import('node:crypto').JsonWebKey[]} keys
 * @param {{ dropOld: boolean }} how dropOld: the earlier keys are no longer published
 */
export async function rotated(keys, { dropOld }) {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const latest = Math.max(...keys.map((key) => Number(key.kid.split('-').at(-1))));
  const about = { kid: `development-only-${latest + 1}`, use: 'sig', alg: 'RS256' };
  const fresh = { ...about, ...privateKey.export({ format: 'jwk' }) };
  return dropOld ? [fresh] : [fresh, ...keys];
}
