import type { SMTPServer, SMTPServerSession } from 'smtp-server';
import type { Fault } from '../faults.ts';
import type { Provider } from '../provider.ts';

type Done = (error?: Error | null) => void;

/** Goes on with a command, unless a planned fault strikes there. */
export function step(
  provider: Provider,
  server: SMTPServer,
  session: SMTPServerSession,
  place: string,
  text: string,
  done: Done,
): void {
  const fault = provider.faults.take(place, () => text);
  if (fault) strike(server, session, fault, done);
  else done();
}

/** Carries out a fault: a reply with its code, a pause, or the end of the connection. */
export function strike(server: SMTPServer, session: SMTPServerSession, fault: Fault, done: Done): void {
  if (fault.kind === 'slow') setTimeout(done, fault.ms ?? 1000).unref();
  else if (fault.kind.startsWith('smtp-')) done(replyError(Number(fault.kind.slice('smtp-'.length))));
  else hangUp(server, session);
}

/** Ends a connection without a word. */
export function hangUp(server: SMTPServer, session: SMTPServerSession): void {
  for (const connection of server.connections) {
    if (connection.id === session.id) connection._socket.destroy();
  }
}

const REPLIES: Readonly<Record<number, string>> = {
  421: '4.3.2 Service not available, closing transmission channel',
  451: '4.3.0 Requested action aborted: error in processing',
  452: '4.3.1 Insufficient system storage',
  535: '5.7.8 Error: authentication failed: bad credentials',
  550: '5.7.1 Requested action not taken: refused by policy',
  552: '5.3.4 Message too big',
  554: '5.6.0 Transaction failed',
};

/** An error the SMTP server turns into a reply with that code; a 421 also ends the connection. */
export function replyError(code: number): Error {
  return Object.assign(new Error(REPLIES[code] ?? 'Refused'), { responseCode: code });
}
