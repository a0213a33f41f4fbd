// msal-node with its own cache plugin, whose file and lock file all processes share. It wants an authority with https: the network client
// it is given is the other end of TLS and goes on to the provider over plain HTTP.
//
// The plugin's package asks for a native library that is only needed for the operating system's stores, and that does not build everywhere.
// So its parts for files are loaded one by one.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CryptoProvider, InteractionRequiredAuthError, ProtocolMode, PublicClientApplication } from '@azure/msal-node';
import { play, sentBackFrom } from './lines.mjs';

const extensions = new URL('../node_modules/@azure/msal-node-extensions/dist/persistence/', import.meta.url);
const { FilePersistence } = await import(new URL('FilePersistence.mjs', extensions));
const { PersistenceCachePlugin } = await import(new URL('PersistenceCachePlugin.mjs', extensions));

const [, , issuer, folder] = process.argv;
const authority = issuer.replace('http:', 'https:');
const file = join(folder, 'msal.json');
const redirectUri = 'http://127.0.0.1/callback';
const scopes = ['openid', 'profile', 'email', 'offline_access'];

async function send(method, url, options) {
  const answer = await fetch(url.replace('https:', 'http:'), {
    method,
    headers: { ...options?.headers, 'x-forwarded-proto': 'https' },
    body: options?.body,
  });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.json() };
}

const app = new PublicClientApplication({
  auth: { clientId: 'desktop', authority, knownAuthorities: [new URL(authority).host] },
  cache: { cachePlugin: new PersistenceCachePlugin(await FilePersistence.create(file)) },
  system: {
    protocolMode: ProtocolMode.OIDC,
    networkClient: {
      sendGetRequestAsync: (url, options) => send('GET', url, options),
      sendPostRequestAsync: (url, options) => send('POST', url, options),
    },
  },
});

// Who is signed in: known from the sign-in, or looked up once.
let account;

async function token(options) {
  return (await app.acquireTokenSilent({ account, scopes, ...options })).accessToken;
}

await play({
  async signIn() {
    const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
    const page = await app.getAuthCodeUrl({
      scopes,
      redirectUri,
      codeChallenge: challenge,
      codeChallengeMethod: 'S256',
    });
    const answer = await sentBackFrom(page.replace('https:', 'http:'));
    const brought = await app.acquireTokenByCode({
      scopes,
      redirectUri,
      codeVerifier: verifier,
      code: answer.searchParams.get('code'),
    });
    ({ account } = brought);
  },
  async open() {
    [account] = await app.getTokenCache().getAllAccounts();
  },
  // What is kept says that the access token is over.
  async expire() {
    const kept = JSON.parse(await readFile(file, 'utf8'));
    for (const known of Object.values(kept.AccessToken)) {
      known.expires_on = known.extended_expires_on = String(Math.floor(Date.now() / 1000) - 60);
    }
    await writeFile(file, JSON.stringify(kept));
  },
  token,
  renew: () => token({ forceRefresh: true }),
  isOver: (error) => error instanceof InteractionRequiredAuthError || error.errorCode === 'invalid_grant',
});
