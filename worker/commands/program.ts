import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { findConfig } from '../../server/config/index.ts';
import { createMail, packageRoot } from '../../server/mail/index.ts';
import { type AddCommands, type CommandContext, exitCodes, type Terminal } from './command.ts';
import { describeFailure } from './failure.ts';
import { addMigrate } from './migrate.ts';
import { addProcesses } from './processes.ts';
import { addSandbox, runSandboxCommand } from './sandbox.ts';
import { addTemplates } from './templates.ts';
import { addUser } from './user.ts';

/** Every command, as the help lists them. */
const all: readonly AddCommands[] = [addMigrate, addProcesses, addTemplates, addUser, addSandbox];

/** Runs `postlane` with these words; resolves to its exit code, 0 also for processes that go on running. */
export async function runCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  if (words[0] === 'sandbox') return runSandboxCommand(words.slice(1), terminal);
  const { program, exitCode } = createProgram(terminal);
  if (words.length === 0) {
    terminal.err(program.helpInformation());
    return exitCodes.usage;
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode();
  } catch (error) {
    // Commander has printed its own; anything but help and version is a command that was not understood.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    const failure = describeFailure(error);
    terminal.err(terminal.env.POSTLANE_DEBUG ? failure.stack : failure.message);
    return failure.exitCode;
  }
}

function createProgram(terminal: Terminal): { program: Command; exitCode: () => number } {
  let exitCode = 0;
  const program = new Command('postlane')
    .description('Email routing inside your Express app.')
    .version(version(), '--version', 'print the version')
    .option('--config <file>', 'the configuration, in place of the nearest postlane.config.*')
    .option('--json', 'answer with one line of JSON')
    .helpOption('-h, --help', 'show how a command is used')
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

function contextOf(
  program: Command,
  { env, out, err }: Terminal,
  end: (code: number) => void,
): CommandContext {
  const given = () => program.opts<{ config?: string; json?: true }>();
  const config = () => findConfig({ env, file: given().config });
  return {
    env,
    configFile: () => given().config,
    answer: (text, json, exitCode = 0) => {
      out(given().json ? JSON.stringify(json) : text);
      end(exitCode);
    },
    note: err,
    config,
    async withMail(work, over = {}) {
      const read = { ...(await config()), ...over };
      const logger = {
        info() {},
        warn() {},
        error: (_fields: object, text?: string) => err(text ?? 'An error.'),
      };
      const mail = await createMail({ ...read, logger }, { poolSize: 2 });
      try {
        return await work(mail, read);
      } finally {
        await mail.close();
      }
    },
  };
}

function version(): string {
  return JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')).version;
}
