/**
 * Starts the real server for a test, on free ports, and stops it afterwards.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../../server.js', import.meta.url));

/**
 * @param {import('node:test').TestContext} t  the server ends with it
 * @param {...string} options
 */
export async function startServer(t, ...options) {
  const port = options.includes('--port') ? [] : ['--port', '0'];
  const child = spawn(process.execPath, [SERVER, ...port, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => stop(child));
  const lines = [];
  const output = createInterface(child.stdout).on('line', (line) => lines.push(line));
  await Promise.race([once(output, 'line'), once(child, 'exit')]);
  const ready = JSON.parse(lines[0] ?? 'null');
  if (ready?.event !== 'ready') throw new Error('the server did not start');
  return { ...ready, lines, port: new URL(ready.issuer).port, stop: () => stop(child), ask: control(ready.control) };
}

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  return child.exitCode;
}

/**
 * @param {string} address
 * @returns {(route: string, body?: object) => Promise<any>} for example ask('POST /ttl', {…}); throws on a refusal
 */
function control(address) {
  return async (route, body) => {
    const [method, path] = route.split(' ');
    const response = await fetch(address + path, { method, body: body && JSON.stringify(body) });
    const value = await response.json();
    if (!response.ok) throw new Error(value.error);
    return value;
  };
}

/**
 * Runs the server until it ends by itself; one that does not is ended after a while.
 * @param {...string} options
 */
export async function runServer(...options) {
  const child = spawn(process.execPath, [SERVER, ...options], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000 });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (data) => { output[name] += data; });
  const [code] = await once(child, 'close');
  return { code, ...output };
}
