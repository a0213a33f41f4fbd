/**
 * The one registered client: the app itself, a public native app (RFC 8252). What it is called is read from tauri.conf.json.
 * Loopback redirects match any port; the private-use schemes are those of the release and of the debug build.
 */

import { readFileSync } from 'node:fs';

const { productName, plugins } = JSON.parse(
  readFileSync(new URL('../tauri.conf.json', import.meta.url), 'utf8'),
);
const [SCHEME] = plugins['deep-link'].desktop.schemes;

export const CLIENT_ID = 'latchkey-demo';

/** The client, also under these schemes. */
export const clientWith = (schemes) => ({
  client_id: CLIENT_ID,
  client_name: productName,
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  response_types: ['code'],
  redirect_uris: [
    ...[SCHEME, `${SCHEME}.dev`, ...schemes].map((scheme) => `${scheme}:/callback`),
    'http://127.0.0.1/callback',
    'http://[::1]/callback',
  ],
  post_logout_redirect_uris: [SCHEME, `${SCHEME}.dev`, ...schemes].map((scheme) => `${scheme}:/signed-out`),
});

export const CLIENT = clientWith([]);
