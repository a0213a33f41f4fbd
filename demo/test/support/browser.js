/**
 * Just enough of a browser: keeps cookies, follows redirects up to a stop, fills in forms.
 */

export class Browser {
  /** @type {Map<string, { name: string, value: string, path: string }>} */
  #cookies = new Map();

  /** @param {{ accept?: string }} [options] accept: what it says it can show */
  constructor({ accept = 'text/html,application/xhtml+xml,*/*;q=0.8' } = {}) {
    this.accept = accept;
  }

  /**
   * Opens an address and follows redirects, but not out of the provider.
   * @param {string} address
   * @param {RequestInit} [init]
   */
  async open(address, init = {}) {
    const origin = new URL(address).origin;
    let response = await this.#once(address, init);
    let url = address;
    while (response.status >= 300 && response.status < 400) {
      const target = new URL(response.headers.get('location'), url);
      const { status, headers } = response;
      if (target.origin !== origin) return { url, status, location: target.href, text: '', headers };
      url = target.href;
      response = await this.#once(url, {});
    }
    return { url, status: response.status, text: await response.text(), headers: response.headers };
  }

  /**
   * Presses a button of a page.
   * @param {{ url: string, text: string }} page
   * @param {string} id of the button
   * @param {Record<string, string>} [fields]
   */
  press(page, id, fields = {}) {
    const button = tags(page.text, 'button').find((attributes) => attributes.id === id);
    if (!button) throw new Error(`no button #${id} on:\n${page.text}`);
    const action = button.formaction ?? tags(page.text, 'form')[0].action;
    const body = new URLSearchParams();
    for (const input of tags(page.text, 'input')) if (input.value) body.set(input.name, input.value);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    if (button.name) body.set(button.name, button.value);
    return this.open(new URL(action, page.url).href, { method: 'POST', body });
  }

  async #once(url, init) {
    const { pathname } = new URL(url);
    const cookie = [...this.#cookies.values()]
      .filter(({ path }) => path === '/' || pathname === path || pathname.startsWith(`${path}/`))
      .map(({ name, value }) => `${name}=${value}`).join('; ');
    const headers = { accept: this.accept, ...(cookie && { cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  /** @param {string} line a Set-Cookie header */
  #keep(line) {
    const [pair, ...attributes] = line.split('; ');
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const path = attributes.find((attribute) => attribute.startsWith('path='))?.slice('path='.length) ?? '/';
    const gone = attributes.some((attribute) => /^expires=Thu, 01 Jan 1970/i.test(attribute));
    if (gone) this.#cookies.delete(`${name} ${path}`);
    else this.#cookies.set(`${name} ${path}`, { name, value, path });
  }
}

/**
 * The attributes of every tag of one kind.
 * @param {string} text
 * @param {string} name
 * @returns {Record<string, string>[]}
 */
export function tags(text, name) {
  return [...text.matchAll(new RegExp(`<${name}\\b([^>]*)>`, 'g'))].map(([, inside]) => Object.fromEntries(
    [...inside.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, key, value = '']) => [key, unescape(value)]),
  ));
}

/** @param {string} text */
function unescape(text) {
  const characters = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (reference) => characters[reference]);
}
