// A contestant of `cargo xtask bench refresh` in a process of its own: each line in is a task, each line out answers it.
import { createInterface } from 'node:readline';

// The page is opened, and the provider lets the person in at once: where it sends the browser.
export async function sentBackFrom(page) {
  const answer = await fetch(page, { redirect: 'manual' });
  return new URL(answer.headers.get('location'));
}

// `token` gives one caller a valid access token. `isOver` tells whether its error means that the grant is over.
export async function play({ signIn, open, expire, token, renew, isOver }) {
  const ask = async (callers) => {
    const outcomes = await Promise.allSettled(Array.from({ length: callers }, () => token()));
    const errors = outcomes.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
    const failed = {};
    for (const error of errors) {
      const name = String(error.errorCode ?? error.error ?? error.code ?? error.message);
      failed[name] = (failed[name] ?? 0) + 1;
    }
    const served = outcomes.filter(({ status, value }) => status === 'fulfilled' && value).length;
    return { served, over: errors.filter(isOver).length, failed };
  };
  const tasks = {
    'sign-in': signIn,
    open,
    expire,
    ask: ({ callers }) => ask(callers),
    renew: async () => ({ done: await renew().then(Boolean, () => false) }),
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const task = JSON.parse(line);
    const answer = await tasks[task.do](task);
    process.stdout.write(`${JSON.stringify(answer ?? {})}\n`);
  }
}
