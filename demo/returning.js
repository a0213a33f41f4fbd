/**
 * The way back to the app. A redirect to a private-use scheme opens the app, but the browser's tab then keeps showing
 * the page before it, as if nothing had happened. So browsers get a page that says what happened, opens the app by
 * itself and has a link for the case that the browser did not. Loopback redirects, and clients that did not ask for
 * HTML, get the plain redirect.
 */
import { lostPage, returningPage } from './pages/returning.js';
import { pageHeaders } from './http.js';

/**
 * @param {import('koa').Context & { oidc: any }} ctx
 * @param {() => Promise<void>} next
 * @param {import('./offers.js').Offers} offers
 */
export async function returnToAppMiddleware(ctx, next, offers) {
  await next();
  const target = ctx.response.get('location');
  if (offers.callback === 'lost' && ctx.status === 303 && isCallback(target)) {
    ctx.remove('location');
    ctx.status = 200;
    ctx.type = 'html';
    ctx.set(pageHeaders());
    ctx.body = lostPage({ target });
    return;
  }
  if (ctx.status !== 303 || !leavesTheBrowser(target) || !asksForHtml(ctx)) return;
  ctx.remove('location');
  ctx.status = 200;
  ctx.type = 'html';
  ctx.set(pageHeaders());
  ctx.body = returningPage({ target, what: whatHappened(ctx, target), app: ctx.oidc.client?.clientName ?? 'the app' });
}

/** @param {string} target */
function leavesTheBrowser(target) {
  return target !== '' && !/^(https?:|\/)/i.test(target);
}

/** Whether this leads to the app with an answer to a sign-in. */
function isCallback(target) {
  return target !== '' && new URL(target, 'http://provider.invalid').pathname === '/callback';
}

/** @param {import('koa').Context} ctx */
function asksForHtml(ctx) {
  return ctx.get('accept').includes('text/html');
}

/**
 * @param {any} ctx
 * @param {string} target
 * @returns {import('./pages/returning.js').WhatHappened}
 */
function whatHappened(ctx, target) {
  if (ctx.oidc.route === 'end_session_confirm') return ctx.oidc.params.logout ? 'signed-out' : 'stayed';
  if (ctx.oidc.route === 'end_session') return 'signed-out';
  const parameters = new URL(target).searchParams;
  if (parameters.has('code')) return 'signed-in';
  return parameters.get('error') === 'access_denied' ? 'declined' : 'refused';
}
