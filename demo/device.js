/**
 * Signing in on another device (RFC 8628): the page where the code is typed, the question whether it is the right one, and the end.
 * oidc-provider would send a code that came with the address on by script; our pages have none, so people press the button.
 */
import { pageHeaders } from './http.js';
import { codePage, confirmPage, donePage } from './pages/device.js';

/** What went wrong with a code, by the name of oidc-provider's error. */
const TROUBLE = {
  NoCodeError: 'Type the code that the app shows.',
  NotFoundError: 'That is not a code of an app that waits.',
  ExpiredError: 'That code is over. Start again in the app.',
  AlreadyUsedError: 'That code has been used. Start again in the app.',
};

/** @param {import('koa').Context & { oidc: any }} ctx */
function show(ctx, text) {
  ctx.type = 'html';
  ctx.set(pageHeaders());
  ctx.body = text;
}

/** The field for the code. */
export function userCodeInputSource(ctx, form, out, error) {
  if (error?.name === 'AbortedError') return show(ctx, donePage({ declined: true }));
  return show(ctx, codePage({
    action: ctx.oidc.urlFor('code_verification'),
    secret: ctx.oidc.session.state.secret,
    error: error && (TROUBLE[error.name] ?? 'It did not work. Start again in the app.'),
  }));
}

/** The question whether this is the code the app shows. */
export function userCodeConfirmSource(ctx, form, client, deviceInfo, userCode) {
  show(ctx, confirmPage({
    action: ctx.oidc.urlFor('code_verification'),
    secret: ctx.oidc.session.state.secret,
    app: client.clientName ?? client.clientId,
    userCode,
  }));
}

/** The end: the app goes on by itself. */
export function successSource(ctx) {
  show(ctx, donePage({ app: ctx.oidc.client?.clientName }));
}

/**
 * A code that came with the address: the same field, filled in.
 * @param {import('koa').Context & { oidc: any }} ctx
 * @param {() => Promise<void>} next
 */
export async function deviceMiddleware(ctx, next) {
  await next();
  const userCode = ctx.oidc?.params?.user_code;
  if (ctx.oidc?.route !== 'code_verification' || ctx.method !== 'GET' || !userCode || ctx.status !== 200) return;
  show(ctx, codePage({
    action: ctx.oidc.urlFor('code_verification'),
    secret: ctx.oidc.session.state.secret,
    userCode,
  }));
}
