/**
 * Signing out of the provider (OpenID Connect RP-Initiated Logout 1.0): the question and what comes after it.
 */
import { pageHeaders } from './http.js';
import { signOutPage, signedOutPage } from './pages/sign-out.js';
import { personBySub } from './people.js';

/** The question whether to sign out, asked when a session exists. */
export function logoutSource(ctx) {
  ctx.set(pageHeaders());
  ctx.body = signOutPage({
    action: ctx.oidc.urlFor('end_session_confirm'),
    secret: ctx.oidc.session.state.secret,
    person: personBySub(ctx.oidc.session.accountId),
    app: ctx.oidc.client?.clientName,
  });
}

/** The last page when no address to return to was asked for. */
export function postLogoutSuccessSource(ctx) {
  ctx.type = 'html';
  ctx.set(pageHeaders());
  ctx.body = signedOutPage({ stayed: ctx.query.stayed === 'yes' });
}

/**
 * Two things the library does otherwise. Nobody signed in: it would submit a form by script; our pages have none,
 * so the answer is the redirect that form would have led to. Somebody chose to stay: the last page says so.
 *
 * @param {import('koa').Context & { oidc: any }} ctx
 * @param {() => Promise<void>} next
 */
export async function endSessionMiddleware(ctx, next) {
  await next();
  const route = ctx.oidc?.route;
  if (route === 'end_session' && ctx.status === 200 && !ctx.oidc.session.accountId) {
    const { postLogoutRedirectUri, state } = ctx.oidc.session.state;
    const target = new URL(postLogoutRedirectUri ?? ctx.oidc.urlFor('end_session_success'));
    if (postLogoutRedirectUri && state !== undefined) target.searchParams.set('state', state);
    ctx.status = 303;
    ctx.redirect(target.href);
  }
  const success = ctx.oidc?.provider.pathFor('end_session_success');
  const location = ctx.response.get('location');
  if (route === 'end_session_confirm' && !ctx.oidc.params?.logout && location.includes(success)) {
    ctx.set('location', `${ctx.oidc.urlFor('end_session_success')}?stayed=yes`);
  }
}
