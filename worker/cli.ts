#!/usr/bin/env node
import { runCommand } from './commands/program.ts';

/** The command `postlane`. */
const exitCode = await runCommand(process.argv.slice(2), {
  env: process.env,
  out: text => void process.stdout.write(`${text}\n`),
  err: text => void process.stderr.write(`${text}\n`),
});
// Servers and workers go on; what has ended, ends with its code.
process.exitCode = exitCode;
