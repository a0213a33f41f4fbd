/**
 * The pictures of the people, and the ways in which a picture can be hostile.
 */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setInterval as every } from 'node:timers/promises';

import { send } from './http.js';
import { PEOPLE } from './people.js';

export const PICTURE_MODES = ['normal', 'missing', 'svg', 'disguised', 'html', 'huge', 'slow'];

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=\'picture\'"><script>1</script></svg>\n';
const PAGE = '<!doctype html><title>picture</title><script>document.title = "picture"</script>\n';
const HUGE = 32 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024);

const TYPES = { png: 'image/png', jpg: 'image/jpeg' };

export class Pictures {
  /** @type {Map<string, string>} person's sub to mode; "normal" when absent */
  #modes = new Map();

  /**
   * @param {string} sub
   * @param {string} mode one of PICTURE_MODES
   */
  setMode(sub, mode) {
    this.#modes.set(sub, mode);
  }

  /**
   * @param {string} name file name
   * @param {import('node:http').ServerResponse} res
   */
  async serve(name, res) {
    const person = PEOPLE.find(({ picture }) => picture === name);
    const mode = person ? this.#modes.get(person.sub) ?? 'normal' : 'missing';
    const type = TYPES[name.split('.').at(-1)];
    switch (mode) {
      case 'missing': return send(res, 404, 'text/plain; charset=utf-8', 'no such picture\n');
      case 'svg': return send(res, 200, 'image/svg+xml', SVG);
      case 'disguised': return send(res, 200, type, SVG);
      case 'html': return send(res, 200, 'text/html; charset=utf-8', PAGE);
      case 'huge': return pour(res, type, read(name));
      case 'slow': return drip(res, type, read(name));
      default: return send(res, 200, type, read(name));
    }
  }
}

/** @param {string} name */
function read(name) {
  return readFileSync(new URL(`pictures/${name}`, import.meta.url));
}

/** The picture and then zeros, far beyond any sensible size; the length is not announced. */
async function pour(res, type, picture) {
  res.writeHead(200, { 'content-type': type });
  const endless = function* () {
    yield picture;
    for (let sent = 0; sent < HUGE; sent += CHUNK.length) yield CHUNK;
  };
  // The client is right to hang up early.
  await pipeline(Readable.from(endless()), res).catch(() => {});
}

/** The picture, one byte every half second. */
async function drip(res, type, picture) {
  res.writeHead(200, { 'content-type': type, 'content-length': picture.length });
  let sent = 0;
  for await (const _ of every(500, undefined, { ref: false })) {
    if (res.closed || sent === picture.length) break;
    res.write(picture.subarray(sent, sent += 1));
  }
  res.end();
}
