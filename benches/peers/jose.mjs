// Validates an ID token with jose, as often as it is told. Each line in is a task or a count; each line out answers it.
import { createInterface } from 'node:readline';
import { createLocalJWKSet, jwtVerify } from 'jose';

let validate;

function prepare({ token, keys, algorithm, issuer, audience, nonce }) {
  const keySet = createLocalJWKSet(keys);
  validate = async () => {
    const { payload } = await jwtVerify(token, keySet, { issuer, audience, algorithms: [algorithm] });
    if (payload.nonce !== nonce) throw new Error('another nonce');
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  let nanoseconds = 0;
  if (task.count) {
    const begun = process.hrtime.bigint();
    for (let made = 0; made < task.count; made += 1) await validate();
    nanoseconds = Number(process.hrtime.bigint() - begun);
  } else {
    prepare(task);
  }
  process.stdout.write(`${JSON.stringify({ nanoseconds })}\n`);
}
