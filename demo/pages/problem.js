/**
 * The pages for what went wrong: in an authorization request, with an old tab, with an address.
 */
import { pageHeaders } from '../http.js';
import { document, html } from './layout.js';

/**
 * What oidc-provider shows when an error cannot be sent back to the app.
 * @param {import('koa').Context} ctx
 * @param {{ error: string, error_description?: string }} out
 */
export function renderProblem(ctx, out) {
  ctx.type = 'html';
  ctx.set(pageHeaders());
  ctx.body = ctx.oidc?.route === 'resume' && ctx.status < 500 ? expiredPage() : problemPage(out);
}

/** @param {{ error: string, error_description?: string }} problem */
function problemPage({ error, error_description: description }) {
  const content = html`
<h1>This request cannot be answered</h1>
<p class="lead">The app asked for something this provider does not accept. Nothing was shared.</p>
<dl class="details">
<dt>Error</dt><dd><code>${error}</code></dd>
${description && html`<dt>Description</dt><dd>${description}</dd>`}
</dl>`;
  return document({ title: 'This request cannot be answered', content });
}

/** A page of a sign-in that is over: finished, cancelled, too old, or from another browser. */
export function expiredPage() {
  const content = html`
<h1>This sign-in is over</h1>
<p class="lead">It was finished or cancelled, it is too old, or it was started in another browser.</p>
<p>Go back to the app and sign in from there. You can close this tab.</p>`;
  return document({ title: 'This sign-in is over', content });
}

export function notFoundPage() {
  const content = html`
<h1>There is nothing here</h1>
<p class="lead">This address does not belong to the demo provider. <a href="/">What there is</a></p>`;
  return document({ title: 'There is nothing here', content });
}
