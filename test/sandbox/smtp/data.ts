import { randomBytes } from 'node:crypto';
import type { SMTPServer, SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import type { Fault } from '../faults.ts';
import type { Provider } from '../provider.ts';
import { takeMessage } from './intake.ts';
import { hangUp, replyError, strike } from './strike.ts';

type Done = (error?: Error | null, reply?: string) => void;

/** Reads one message and takes it after its final dot, unless a fault planned for DATA strikes first. */
export function receiveData(
  provider: Provider,
  server: SMTPServer,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  done: Done,
): void {
  const early = provider.faults.take('smtp:data', () => recipients(session).join(' '));
  if (early && early.kind !== 'slow') {
    strike(server, session, early, done);
    return;
  }
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => {
    const finish = (): void => {
      if (stream.sizeExceeded) done(replyError(552));
      else finishData(provider, server, session, Buffer.concat(chunks), done);
    };
    if (early) setTimeout(finish, early.ms ?? 1000).unref();
    else finish();
  });
}

function finishData(
  provider: Provider,
  server: SMTPServer,
  session: SMTPServerSession,
  raw: Buffer,
  done: Done,
): void {
  const text = (): string => `${recipients(session).join(' ')} ${raw.toString('utf8')}`;
  const fault = provider.faults.take('smtp:final', text);
  if (fault && !acceptsFirst(fault)) {
    strike(server, session, fault, done);
    return;
  }
  takeMessage(provider, raw, recipients(session));
  const reply = (): void => done(null, `2.0.0 Ok: queued as ${queueId()}`);
  if (!fault) reply();
  else if (fault.kind === 'slow') setTimeout(reply, fault.ms ?? 1000).unref();
  else if (fault.kind === 'reset-after-accept') hangUp(server, session);
  // What is left is timeout-after-accept: silence.
}

function acceptsFirst({ kind }: Fault): boolean {
  return kind === 'slow' || kind === 'reset-after-accept' || kind === 'timeout-after-accept';
}

/** Names a place in a queue; it has nothing to do with the MessageID. */
function queueId(): string {
  return randomBytes(5).toString('hex').toUpperCase();
}

function recipients(session: SMTPServerSession): string[] {
  return session.envelope.rcptTo.map(({ address }) => address);
}
