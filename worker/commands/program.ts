import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import { packageRoot } from '../../server/mail/index.ts';
import { addApprovals } from './approvals.ts';
import { addCampaign } from './campaign/index.ts';
import { type AddCommands, exitCodes, type Terminal } from './command.ts';
import { contextOf, untilInterrupted } from './context.ts';
import { addDoctor } from './doctor/index.ts';
import { describeFailure } from './failure.ts';
import { exitCodeHelp } from './help.ts';
import { addInit } from './init/index.ts';
import { addMigrate } from './migrate.ts';
import { addProcesses } from './processes.ts';
import { addReconcile } from './reconcile.ts';
import { addSandbox, runSandboxCommand } from './sandbox.ts';
import { addSendTest } from './send-test.ts';
import { addStatus } from './status.ts';
import { addSuppressions } from './suppressions/index.ts';
import { addTemplates } from './templates.ts';
import { addConsent, addTopics } from './topics.ts';
import { addTypes } from './types.ts';
import { addUser } from './user.ts';
import { addWebhooks } from './webhooks.ts';

/** Every command, as the help lists them. */
const all: readonly AddCommands[] = [
  addInit,
  addDoctor,
  addStatus,
  addMigrate,
  addProcesses,
  addTemplates,
  addTypes,
  addSendTest,
  addCampaign,
  addSuppressions,
  addTopics,
  addConsent,
  addWebhooks,
  addReconcile,
  addUser,
  addApprovals,
  addSandbox,
];

/** Runs `postlane` with these words; resolves to its exit code, 0 also for processes that go on running. */
export async function runCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  if (words[0] === 'sandbox') return runSandboxCommand(words.slice(1), terminal);
  const { program, exitCode } = createProgram(terminal);
  if (words.length === 0) {
    terminal.err(program.helpInformation());
    return exitCodes.usage;
  }
  try {
    await interruptible(program.parseAsync(words, { from: 'user' }), terminal.signal);
    return exitCode();
  } catch (error) {
    // Commander has printed its own; anything but help and version is a command that was not understood.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    return fail(error, terminal, words.includes('--json'));
  }
}

/** A command that is interrupted gets a moment to close what it has open. */
async function interruptible(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return void (await work);
  try {
    await untilInterrupted(work, signal);
  } catch (error) {
    if (signal.aborted) await Promise.race([work.catch(() => {}), sleep(3_000, undefined, { ref: false })]);
    throw error;
  }
}

function fail(error: unknown, { env, out, err }: Terminal, json: boolean): number {
  const { stack, message, exitCode } = describeFailure(error);
  if (json) out(JSON.stringify({ error: message, exitCode }));
  if (!json || env.POSTLANE_DEBUG) err(env.POSTLANE_DEBUG ? stack : message);
  return exitCode;
}

function createProgram(terminal: Terminal): { program: Command; exitCode: () => number } {
  let exitCode = 0;
  const program = new Command('postlane')
    .description('Email routing inside your Express app.')
    .version(version(), '--version', 'print the version')
    .option('--config <file>', 'the configuration, in place of the nearest postlane.config.*')
    .option('--json', 'answer with one line of JSON')
    .helpOption('-h, --help', 'show how a command is used')
    .addHelpText('after', exitCodeHelp)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: text => terminal.out(text.trimEnd()),
      writeErr: text => terminal.err(text.trimEnd()),
    })
    .exitOverride()
    .showHelpAfterError();
  const context = contextOf(program, terminal, code => {
    exitCode = code;
  });
  for (const add of all) add(program, context);
  return { program, exitCode: () => exitCode };
}

function version(): string {
  return JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')).version;
}
