import { randomBytes } from 'node:crypto';
import type { Fault, FaultKind } from '../faults.ts';
import { type Taken, takeMessage } from './intake.ts';
import { withWholeLineEnds } from './line-ends.ts';
import type { Envelope, Session, Work } from './session.ts';
import { pause, refuse, silence, step, strike } from './strike.ts';

/** `DATA`: reads one message and takes it at its final dot. */
export function receiveMessage(session: Session, _: string): Work {
  const { envelope } = session;
  if (!envelope || envelope.to.length === 0) {
    session.reply(envelope ? '554 5.5.1 Error: no valid recipients' : '503 5.5.1 Error: need RCPT command');
    return undefined;
  }
  const recipients = (): string => envelope.to.join(' ');
  return step(session, 'smtp:data', recipients, () => {
    session.reply('354 End data with <CR><LF>.<CR><LF>');
    session.expectMessage(
      message => {
        session.envelope = null;
        return finish(session, envelope, message);
      },
      () => step(session, 'smtp:body', recipients, () => undefined),
    );
    return undefined;
  });
}

const AFTER_ACCEPTANCE: readonly FaultKind[] = ['slow', 'reset-after-accept', 'timeout-after-accept'];

function finish(session: Session, envelope: Envelope, message: Buffer | null): Work {
  if (!message) {
    refuse(session, 552);
    return undefined;
  }
  const { server, stream } = session.login ?? { server: session.provider, stream: null };
  const text = (): string => `${envelope.to.join(' ')} ${message.toString('utf8')}`;
  const fault = server.faults.take('smtp:final', text);
  if (fault && !AFTER_ACCEPTANCE.includes(fault.kind)) return strike(session, fault, () => undefined);
  return answer(session, fault, takeMessage(server, withWholeLineEnds(message), envelope.to, stream));
}

/** Says what became of a message, unless a fault comes in between. */
function answer(session: Session, fault: Fault | undefined, refused: Taken): Work {
  const line = refused ? `554 5.6.0 Error ${refused.code}: ${refused.message}` : null;
  const reply = (): void => session.reply(line ?? `250 2.0.0 Ok: queued as ${queueId()}`);
  if (fault?.kind === 'slow') return pause(fault.ms).then(reply);
  if (fault?.kind === 'timeout-after-accept') return silence();
  if (fault) session.hangUp();
  else reply();
  return undefined;
}

let lastInQueue = randomBytes(4).readUInt32BE();

/** Names a place in a queue; it has nothing to do with the MessageID. */
function queueId(): string {
  lastInQueue += 1;
  return lastInQueue.toString(16).toUpperCase().padStart(10, '0');
}
