import type { Command } from 'commander';
import type { Config } from '../../server/config/index.ts';
import type { Mail } from '../../server/mail/index.ts';

/** Adds the commands of one capability to `postlane`. */
export type AddCommands = (program: Command, context: CommandContext) => void;

/** Where a command runs. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  /** Prints a line of the answer. */
  out(text: string): void;
  /** Prints a line that is not the answer. */
  err(text: string): void;
  /** Where a person sits before it: how they are asked. Without it nothing is asked and no progress is shown. */
  person?: Person | undefined;
  /** Ends what is being done, as by Ctrl-C. */
  signal?: AbortSignal | undefined;
  /** The clock of this machine; the real one by default. */
  now?: (() => Date) | undefined;
}

/** Somebody at a terminal. */
export interface Person {
  /** Resolves to what was typed. */
  ask(question: string): Promise<string>;
  /** Where progress is drawn. */
  screen: NodeJS.WritableStream;
  /** Whether colours are shown. */
  colour: boolean;
}

/** How far long work is. */
export interface Progress {
  /** So much is done, of the total. */
  at(done: number): void;
  end(): void;
}

/** What a command works with. */
export interface CommandContext {
  env: Terminal['env'];
  /** What `--config` names. */
  configFile(): string | undefined;
  /** The answer, in words or with `--json` as one line of JSON, on standard output; and how the command ends, 0 by default. */
  answer(text: string, json: unknown, exitCode?: number): void;
  /** Who can be asked; undefined where nobody sits before it. */
  person: Person | undefined;
  /** A line of advice, on standard error. */
  note(text: string): void;
  /** Whether the answer is to be JSON. */
  json(): boolean;
  /** Whether the answer is read by a person who sees colours. */
  colour(): boolean;
  /** Asks a person whether to go on; where nobody can be asked, `yes` has to say so. Throws a CommandError for a no. */
  confirm(question: string, yes: boolean | undefined): Promise<void>;
  /** A bar on a terminal, and nothing elsewhere. */
  progress(label: string, total: number): Promise<Progress>;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  now(): Date;
  /** The configuration: that of `--config`, or the nearest. */
  config(): Promise<Config>;
  /**
   * Opens the module for as long as `work` takes. It logs errors only, for a log is not an answer; and it leaves the schema as it
   * is, for to look at something must not change it.
   */
  withMail<T>(work: (mail: Mail, config: Config) => Promise<T>, over?: Partial<Config>): Promise<T>;
}

/** How a command ends; those above 1 as in sysexits.h. */
export const exitCodes = {
  /** The answer is no: something differs, was refused or is not healthy. */
  no: 1,
  /** The command was not understood. */
  usage: 64,
  /** The database or the provider does not answer. */
  unavailable: 69,
  /** A fault of ours. */
  internal: 70,
  /** The configuration is wrong. */
  config: 78,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

/** Ends a command with words for the person at the terminal; `exitCode` is one of {@link exitCodes}. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.no) {
    super(message);
    this.exitCode = exitCode;
  }
}
