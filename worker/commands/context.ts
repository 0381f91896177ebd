import type { Command } from 'commander';
import { findConfig } from '../../server/config/index.ts';
import { createMail } from '../../server/mail/index.ts';
import { type CommandContext, CommandError, exitCodes, type Terminal } from './command.ts';
import { startProgress } from './progress.ts';

/** What commands work with, at this terminal; `end` is told how the command ends. */
export function contextOf(program: Command, terminal: Terminal, end: (code: number) => void): CommandContext {
  const { env, out, err, person, signal = new AbortController().signal, now = () => new Date() } = terminal;
  const given = () => program.opts<{ config?: string; json?: true }>();
  const config = () => findConfig({ env, file: given().config });
  const json = () => given().json === true;
  return {
    env,
    signal,
    now,
    configFile: () => given().config,
    answer: (text, value, exitCode = 0) => {
      out(json() ? JSON.stringify(value) : text);
      end(exitCode);
    },
    note: err,
    json,
    person,
    colour: () => person?.colour === true && !json(),
    confirm: (question, yes) => confirm(terminal, question, yes),
    progress: (label, total) => startProgress(json() ? undefined : person, label, total),
    config,
    async withMail(work, over = {}) {
      const read = { ...(await config()), ...over };
      const logger = {
        info() {},
        warn() {},
        error: (_fields: object, text?: string) => err(text ?? 'An error.'),
      };
      const mail = await createMail({ ...read, migrate: false, logger }, { role: 'command', poolSize: 2 });
      try {
        return await untilInterrupted(work(mail, read), signal);
      } finally {
        await mail.close();
      }
    },
  };
}

async function confirm({ person }: Terminal, question: string, yes = false): Promise<void> {
  if (yes) return;
  if (!person)
    throw new CommandError(`${question} Nobody can be asked here: say --yes to do it.`, exitCodes.usage);
  const answer = await person.ask(`${question} Type yes to do it: `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('Nothing was done.');
}

/** What `work` comes to, unless the person at the terminal ends it first. */
export function untilInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(interrupted());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function interrupted(): CommandError {
  return new CommandError('Stopped.', exitCodes.interrupted);
}
