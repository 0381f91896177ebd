#!/usr/bin/env node
import { exitCodes } from './commands/command.ts';
import { personAt } from './commands/person.ts';
import { runCommand } from './commands/program.ts';

/** The command `postlane`. The first Ctrl-C ends what is being done, a second one the process. */
async function main(): Promise<void> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop);
  const exitCode = await runCommand(process.argv.slice(2), {
    env: process.env,
    out: text => void process.stdout.write(`${text}\n`),
    err: text => void process.stderr.write(`${text}\n`),
    person: personAt(process.stdin, process.stderr),
    signal: stopping.signal,
  });
  process.removeListener('SIGINT', stop);
  if (exitCode === exitCodes.interrupted) process.exit(exitCode);
  // Servers and workers go on; what has ended, ends with its code.
  process.exitCode = exitCode;
}

void main();
