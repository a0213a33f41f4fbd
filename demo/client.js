/**
 * The one registered client: Latchkey itself, a public native app (RFC 8252).
 * Loopback redirects match any port; the private-use schemes are those of the release and of the debug build.
 */

export const CLIENT_ID = 'latchkey-demo';

const SCHEMES = ['dev.latchkey.desktop', 'dev.latchkey.desktop.dev'];

export const CLIENT = {
  client_id: CLIENT_ID,
  client_name: 'Latchkey',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: [
    ...SCHEMES.map((scheme) => `${scheme}:/callback`),
    'http://127.0.0.1/callback',
    'http://[::1]/callback',
  ],
  post_logout_redirect_uris: SCHEMES.map((scheme) => `${scheme}:/signed-out`),
};
