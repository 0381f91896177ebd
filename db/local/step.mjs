import { spawn } from 'node:child_process';

// Plain JavaScript on built-ins alone: it is needed before the dependencies are installed.

/**
 * Runs a command as one step of a set-up: says `title` at once and, every few seconds, where it is. Its output is
 * kept back otherwise, and the end of it shown when the command fails. An aborted `signal` ends the command.
 */
export async function runStep({ title, command, args, env = process.env, log, signal, input = 'ignore' }) {
  signal?.throwIfAborted();
  log(`${title} ...`);
  const began = Date.now();
  const child = spawn(command, args, { env, stdio: [input, 'pipe', 'pipe'] });
  const output = keepOutput(child);
  const alive = setInterval(() => log(`  ${seconds(began)}  ${lastLine(output())}`), 4_000);
  const end = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', end, { once: true });
  try {
    const fault = await endOf(child);
    signal?.throwIfAborted();
    if (fault) throw new StepError(`${title}: "${command} ${args.join(' ')}" failed (${fault}).`, output());
  } finally {
    clearInterval(alive);
    signal?.removeEventListener('abort', end);
  }
  if (Date.now() - began > 2_000) log(`  done in ${seconds(began)}`);
}

/** A command of the set-up failed; its last lines are in the message. */
class StepError extends Error {
  constructor(message, output) {
    const tail = output.split('\n').slice(-80).join('\n  ');
    super(tail ? `${message} Its last lines:\n  ${tail}` : message);
    this.name = 'StepError';
  }
}

function keepOutput(child) {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', chunk => {
      output = (output + chunk).slice(-20_000);
    });
  }
  return () => output.trim();
}

/** What went wrong, in a word, or undefined when the command succeeded. */
function endOf(child) {
  return new Promise(resolve => {
    child.on('error', error => resolve(error.code ?? error.message));
    child.on('close', (code, killedBy) =>
      resolve(killedBy ?? (code === 0 ? undefined : `exit code ${code}`)),
    );
  });
}

function lastLine(output) {
  return output.slice(output.lastIndexOf('\n') + 1).slice(0, 90);
}

function seconds(since) {
  return `${Math.round((Date.now() - since) / 1000)} s`;
}
