import { spawn } from 'node:child_process';

// Plain JavaScript on built-ins alone: it is needed before the dependencies are installed.

/**
 * Runs a command as one step of a set-up: says `title` at once and, every few seconds, that it is still at work.
 * Its output is kept back and its end shown only when the command fails. An aborted `signal` ends the command.
 */
export async function runStep({ title, command, args, env = process.env, log, signal, input = 'ignore' }) {
  signal?.throwIfAborted();
  log(`${title} ...`);
  const began = Date.now();
  const alive = setInterval(() => log(`  still at it, ${seconds(began)}`), 4_000);
  try {
    const { code, output } = await finished(command, args, { env, signal, input });
    signal?.throwIfAborted();
    if (code !== 0) throw new StepError(`${title}: "${command} ${args.join(' ')}" failed (${code}).`, output);
  } finally {
    clearInterval(alive);
  }
  if (Date.now() - began > 2_000) log(`  done in ${seconds(began)}`);
}

/** A command of the set-up failed; its last lines are in the message. */
class StepError extends Error {
  constructor(message, output) {
    const tail = output.trim().split('\n').slice(-15).join('\n  ');
    super(tail ? `${message} Its last lines:\n  ${tail}` : message);
    this.name = 'StepError';
  }
}

function finished(command, args, { env, signal, input }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: [input, 'pipe', 'pipe'] });
    const end = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', end, { once: true });
    let output = '';
    const keep = chunk => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', end);
      resolve({ code: code ?? killedBy, output });
    });
  });
}

function seconds(since) {
  return `${Math.round((Date.now() - since) / 1000)} s`;
}
