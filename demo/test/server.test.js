/**
 * The command itself: its options, its one line of output, where it listens, how it ends and starts again.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Client, headerOf } from './support/client.js';
import { runServer, startServer } from './support/server.js';

test('--help', async () => {
  const { code, stdout } = await runServer('--help');
  assert.equal(code, 0);
  assert.match(stdout, /--access-token-ttl/);
});

test('a mistake in the options is named, with exit code 2', async () => {
  const mistakes = [
    [['--bad'], 'there is no option --bad'],
    [['-p', '1'], 'there is no option -p'],
    [['9470'], '"9470" is not an option'],
    [['--port'], '--port needs a value'],
    [['--port', ''], '--port needs a value'],
    [['--port='], '--port needs a value'],
    [['--port', '70000'], '--port must be a whole number from 0 to 65535, not "70000"'],
    [['--port', '-1'], '--port'],
    [['--access-token-ttl', '1.5'], '--access-token-ttl must be a whole number from 1 to 31536000, not "1.5"'],
    [['--id-token-ttl', '0'], '--id-token-ttl must be'],
    [['--refresh-token-ttl', '5m'], '--refresh-token-ttl must be'],
    [['--rotation-grace', 'one'], '--rotation-grace must be'],
    [['--no-refresh-token=yes'], '--no-refresh-token takes no value'],
    [['--port', '0', '--port', '0'], '--port is given twice'],
    [['--state', '/nowhere/at/all'], '--state /nowhere/at/all: '],
    [['--state', tmpdir()], `--state ${tmpdir()}: `],
  ];
  for (const [args, message] of mistakes) {
    const { code, stdout, stderr } = await runServer(...args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(stdout, '', args.join(' '));
    assert.ok(stderr.includes(message), `${args.join(' ')}: ${stderr}`);
  }
});

test('a port that is taken is named', async (t) => {
  const { port } = await startServer(t);
  const { code, stderr } = await runServer('--port', port);
  assert.equal(code, 2);
  assert.match(stderr, new RegExp(`--port ${port}: something else listens there already`));
});

test('standard output is the ready line and nothing else; SIGTERM and SIGINT end it cleanly', async (t) => {
  const server = await startServer(t);
  const client = new Client(server);
  const { tokens } = await client.signIn();
  await client.refresh(tokens.refresh_token);
  assert.equal(await server.stop(), 0);
  assert.equal(server.lines.length, 1);
  const ready = JSON.parse(server.lines[0]);
  assert.deepEqual(Object.keys(ready), ['event', 'issuer', 'control', 'client_id', 'pid']);
  const second = await startServer(t);
  process.kill(second.pid, 'SIGINT');
  assert.equal(await second.stop(), 0);
});

test('it ends with a hanging request open', async (t) => {
  const server = await startServer(t);
  await server.ask('POST /faults', { endpoint: 'jwks', mode: 'hang' });
  const hanging = assert.rejects(fetch(`${server.issuer}/jwks`));
  while (!(await server.ask('GET /requests')).length) await new Promise(setImmediate);
  assert.equal(await server.stop(), 0);
  await hanging;
});

test('--stop-with-stdin', async () => {
  const program = fileURLToPath(new URL('../server.js', import.meta.url));
  const args = [program, '--port', '0', '--stop-with-stdin'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.stdin.end();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('it listens on 127.0.0.1 and nowhere else', async (t) => {
  const { port, control } = await startServer(t);
  const addresses = Object.values(networkInterfaces()).flat().map(({ address }) => address);
  for (const host of new Set(['127.0.0.2', '::1', ...addresses.filter((address) => address !== '127.0.0.1')])) {
    for (const p of [port, new URL(control).port]) {
      const reached = await new Promise((resolve) => {
        const socket = connect({ host, port: Number(p) }, () => resolve(true)).on('error', () => resolve(false));
        socket.unref();
      });
      assert.equal(reached, false, `${host}:${p}`);
    }
  }
});

test('--state keeps sessions, grants and keys across a restart, also a hard one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-demo-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'state.json');
  const first = await startServer(t, '--state', file);
  const { tokens, browser } = await new Client(first).signIn();
  await first.ask('POST /rotate-keys');
  process.kill(first.pid, 'SIGKILL');
  await first.stop();
  assert.equal(statSync(file).mode & 0o777, 0o600);

  const second = await startServer(t, '--state', file, '--port', first.port);
  const client = new Client(second);
  const { status, body } = await client.refresh(tokens.refresh_token);
  assert.equal(status, 200);
  assert.equal(headerOf(body.id_token).kid, 'development-only-2');
  const { callback } = await client.authorize({ browser });
  assert.ok(callback.searchParams.has('code'));
  const straight = (await second.ask('GET /requests')).every(({ endpoint }) => endpoint !== 'interaction');
  assert.ok(straight, 'the browser was remembered');
  assert.equal((await client.refresh(tokens.refresh_token)).body.error, 'invalid_grant', 'reuse is remembered too');
});

test('without --state a restart forgets, but the signing key stays', async (t) => {
  const first = await startServer(t);
  const { tokens } = await new Client(first).signIn();
  const kid = headerOf(tokens.id_token).kid;
  await first.stop();
  const client = new Client(await startServer(t, '--port', first.port));
  assert.equal((await client.refresh(tokens.refresh_token)).body.error, 'invalid_grant');
  assert.deepEqual((await client.get('/jwks')).keys.map((key) => key.kid), [kid]);
});

test('a state file that is something else is refused and left alone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-demo-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'notes.txt');
  for (const text of ['my notes', '{"version":7}', 'null']) {
    writeFileSync(file, text);
    const { code, stderr } = await runServer('--port', '0', '--state', file);
    assert.equal(code, 2);
    assert.match(stderr, /not a state file of the demo provider/);
    assert.equal(readFileSync(file, 'utf8'), text);
  }
});
