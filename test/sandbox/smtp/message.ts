import { randomBytes } from 'node:crypto';
import type { SMTPServerDataStream } from 'smtp-server';
import type { FaultKind } from '../faults/faults.ts';
import type { GoOn, SmtpConnection } from './connection.ts';
import { takeMessage } from './intake.ts';
import { withWholeLineEnds } from './line-ends.ts';
import type { Login } from './logins.ts';
import { Refusal } from './refusal.ts';

const AFTER_ACCEPTANCE: readonly FaultKind[] = ['slow', 'reset-after-accept', 'timeout-after-accept'];

/** Reads one message and takes it at its final dot. Resolves with what to say then; rejects with a refusal. */
export async function receiveMessage(
  connection: SmtpConnection,
  content: SMTPServerDataStream,
): Promise<string> {
  const { envelope, user } = connection.session;
  const { server, stream }: Login = user;
  const recipients = envelope.rcptTo.map(({ address }) => address);
  const raw = await read(connection, content, recipients.join(' '));
  // The library refuses it by itself.
  if (content.sizeExceeded) return '';
  const fault = server.faults.take('smtp:final', () => `${recipients.join(' ')} ${raw.toString('utf8')}`);
  const isLater = fault && AFTER_ACCEPTANCE.includes(fault.kind);
  if (fault && !isLater) await passed(goOn => connection.carryOut(fault, goOn));
  const refused = takeMessage(server, withWholeLineEnds(raw), recipients, stream);
  if (fault && isLater) await passed(goOn => connection.carryOut(fault, goOn));
  if (refused) throw new Refusal(554, `Error ${refused.code}: ${refused.message}`);
  return `Ok: queued as ${queueId()}`;
}

async function read(
  connection: SmtpConnection,
  content: SMTPServerDataStream,
  recipients: string,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let hasBegun = false;
  for await (const chunk of content) {
    if (!hasBegun) await passed(goOn => connection.step('smtp:body', () => recipients, goOn));
    hasBegun = true;
    if (content.sizeExceeded) chunks.length = 0;
    else chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Resolves once a step may go on. */
function passed(step: (goOn: GoOn) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    step(refusal => (refusal ? reject(refusal) : resolve()));
  });
}

let lastInQueue = randomBytes(4).readUInt32BE();

/** Names a place in a queue; it has nothing to do with the MessageID. */
function queueId(): string {
  lastInQueue += 1;
  return lastInQueue.toString(16).toUpperCase().padStart(10, '0');
}
