/**
 * Where the provider keeps sessions, grants, codes and tokens: in memory, and with a state file also on disk.
 * The file is replaced as a whole after every change, before the answer goes out, so a killed server loses nothing.
 * It holds live tokens of demo people; it is readable by its owner only.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { OptionError } from './options.js';

const VERSION = 1;

/** Entries stay this long after their end, so that "expired" can still be told from "never seen". Seconds. */
const KEPT_AFTER_END = 60 * 60;

const now = () => Math.floor(Date.now() / 1000);

/** All entries, by "Model:id", and the signing keys. */
export class Storage {
  /** @type {Map<string, any>} */
  #entries = new Map();

  /** @type {import('node:crypto').JsonWebKey[] | undefined} */
  #keys;

  /** @type {string | undefined} */
  #file;

  /**
   * @param {string | undefined} file
   * @throws {OptionError} when the file cannot be read, understood or written
   */
  constructor(file) {
    this.#file = file;
    if (file === undefined) return;
    try {
      this.#load(file);
      this.#write();
    } catch (error) {
      throw new OptionError(`--state ${file}: ${error.message}`, { cause: error });
    }
  }

  /** @returns {import('node:crypto').JsonWebKey[] | undefined} */
  get keys() {
    return this.#keys;
  }

  set keys(keys) {
    this.#keys = keys;
    this.#write();
  }

  /** @param {string} key */
  get(key) {
    const payload = this.#entries.get(key);
    return payload && structuredClone(payload);
  }

  /**
   * @param {string} key
   * @param {any} payload
   */
  set(key, payload) {
    this.#entries.set(key, structuredClone(payload));
    this.#prune();
    this.#write();
  }

  /**
   * Removes every entry the test says yes to.
   * @param {(key: string, payload: any) => boolean} test
   * @returns {number} how many were removed
   */
  remove(test) {
    const gone = [...this.#entries].filter(([key, payload]) => test(key, payload));
    for (const [key] of gone) this.#entries.delete(key);
    if (gone.length) this.#write();
    return gone.length;
  }

  /**
   * @param {string} model
   * @returns {any[]} copies of all entries of one kind
   */
  all(model) {
    return [...this.#entries]
      .filter(([key]) => key.startsWith(`${model}:`))
      .map(([, payload]) => structuredClone(payload));
  }

  #prune() {
    const oldest = now() - KEPT_AFTER_END;
    for (const [key, payload] of this.#entries) {
      if (payload.exp < oldest) this.#entries.delete(key);
    }
  }

  /** @param {string} file */
  #load(file) {
    let text;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if (error.code === 'ENOENT') return;
      throw error;
    }
    if (text === '') return;
    const stored = parse(text);
    if (stored?.version !== VERSION) throw new Error('this is not a state file of the demo provider');
    this.#entries = new Map(Object.entries(stored.entries));
    this.#keys = stored.keys;
  }

  #write() {
    if (this.#file === undefined) return;
    const state = { version: VERSION, keys: this.#keys, entries: Object.fromEntries(this.#entries) };
    const next = `${this.#file}.new`;
    writeFileSync(next, JSON.stringify(state), { mode: 0o600 });
    renameSync(next, this.#file);
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What oidc-provider asks for: one adapter for each kind of entry, all on the same storage.
 * @param {Storage} storage
 * @param {{ rotationGrace: number }} options
 */
export function adapterFor(storage, { rotationGrace }) {
  return (model) => new Adapter(model, storage, model === 'RefreshToken' ? rotationGrace : 0);
}

/** One kind of entry. The method names are the ones oidc-provider calls. */
class Adapter {
  #model;

  #storage;

  #grace;

  /**
   * @param {string} model
   * @param {Storage} storage
   * @param {number} grace how many uses are not yet counted as the last one
   */
  constructor(model, storage, grace) {
    this.#model = model;
    this.#storage = storage;
    this.#grace = grace;
  }

  #key(id) {
    return `${this.#model}:${id}`;
  }

  async upsert(id, payload) {
    this.#storage.set(this.#key(id), payload);
  }

  async find(id) {
    return this.#storage.get(this.#key(id));
  }

  async findByUid(uid) {
    return this.#storage.all(this.#model).find((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode) {
    return this.#storage.all(this.#model).find((payload) => payload.userCode === userCode);
  }

  async consume(id) {
    const payload = this.#storage.get(this.#key(id));
    if (!payload) return;
    const uses = (payload.uses ?? 0) + 1;
    const consumed = uses > this.#grace ? { consumed: now() } : {};
    this.#storage.set(this.#key(id), { ...payload, uses, ...consumed });
  }

  async destroy(id) {
    this.#storage.remove((key) => key === this.#key(id));
  }

  async revokeByGrantId(grantId) {
    this.#storage.remove((key, payload) => key.startsWith(`${this.#model}:`) && payload.grantId === grantId);
  }
}
