// openid-client speaks the protocol; keeping tokens and taking turns is left to its callers. These do what its documents show: look
// whether the token is still good, renew it, keep what came, in a file that all processes share. `shared`: as careful programs do, the
// tokens are held in memory, too, and the callers of one process wait for one look at the file and one renewal.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as client from 'openid-client';
import { play, sentBackFrom } from './lines.mjs';

const [, , manner, issuer, folder] = process.argv;
const file = join(folder, 'tokens.json');
const redirect = 'http://127.0.0.1/callback';
const config = await client.discovery(new URL(issuer), 'desktop', undefined, client.None(), {
  execute: [client.allowInsecureRequests],
});

let held;

const read = async () => JSON.parse(await readFile(file, 'utf8'));

async function keep(tokens, expiresAt) {
  const kept = {
    access_token: tokens.access_token,
    refresh_token: tokens.refresh_token,
    expires_at: expiresAt,
  };
  held = kept;
  const fresh = `${file}.${process.pid}.${Math.random()}`;
  await writeFile(fresh, JSON.stringify(kept));
  await rename(fresh, file);
}

async function renew() {
  const { refresh_token: spent } = await read();
  const tokens = await client.refreshTokenGrant(config, spent);
  await keep(tokens, Date.now() + tokens.expiresIn() * 1000);
  return tokens.access_token;
}

const isGood = (kept) => kept?.expires_at > Date.now();

async function plain() {
  const kept = await read();
  return isGood(kept) ? kept.access_token : renew();
}

let underWay;

async function shared() {
  if (isGood(held)) return held.access_token;
  underWay ??= plain().finally(() => {
    underWay = undefined;
  });
  return underWay;
}

await play({
  async signIn() {
    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const page = client.buildAuthorizationUrl(config, {
      redirect_uri: redirect,
      scope: 'openid profile email offline_access',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const tokens = await client.authorizationCodeGrant(config, await sentBackFrom(page), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    });
    await keep(tokens, Date.now() + tokens.expiresIn() * 1000);
  },
  open: read,
  async expire() {
    await keep(await read(), 0);
  },
  token: manner === 'shared' ? shared : plain,
  renew,
  isOver: (error) => error.error === 'invalid_grant',
});
