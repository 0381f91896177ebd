import type { Mail } from '../../../server/mail/index.ts';
import { CommandError, exitCodes } from '../command.ts';

/** Refuses a stream that no mail goes by: a misspelt one would suppress nobody. */
export async function refuseUnknownStream(mail: Mail, stream: string): Promise<void> {
  const streams = await streamNames(mail);
  if (!streams.has(stream))
    throw new CommandError(
      `There is no stream ${stream}; there are ${[...streams].join(', ')}.`,
      exitCodes.usage,
    );
}

/** Every stream that mail of ours goes by. */
export async function streamNames(mail: Mail): Promise<Set<string>> {
  return new Set((await mail.connections.streams()).map(({ name }) => name));
}
