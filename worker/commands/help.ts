import type { Command } from 'commander';

/** Adds examples to the help of a command. */
export function withExample(command: Command, ...lines: string[]): Command {
  const title = lines.length > 1 ? 'Examples' : 'Example';
  return command.addHelpText('after', `\n${title}:\n${lines.map(line => `  ${line}`).join('\n')}`);
}

/** What the exit codes mean, as the help says it. */
export const exitCodeHelp = `
Exit codes:
  0    done, or the answer is yes
  1    the answer is no: something differs, was refused or is not healthy
  64   the command was not understood, or needs --yes
  69   the database or the provider does not answer
  70   a fault of Postlane; POSTLANE_DEBUG=1 shows where
  78   the configuration is wrong
  130  stopped by Ctrl-C

"postlane COMMAND --help" shows examples.`;
