import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../faults.ts';
import type { Session, Work } from './session.ts';

const REPLIES: Readonly<Record<number, string>> = {
  421: '4.3.2 Service not available, closing transmission channel',
  451: '4.3.0 Requested action aborted: error in processing',
  452: '4.3.1 Insufficient system storage',
  454: '4.7.0 TLS not available due to local problem',
  535: '5.7.8 Error: authentication failed: bad credentials',
  550: '5.7.1 Requested action not taken: refused by policy',
  552: '5.3.4 Message too big',
  554: '5.6.0 Transaction failed',
};

/** Goes on at a place in the dialogue, unless a planned fault strikes there. */
export function step(session: Session, place: string, text: () => string, goOn: () => Work): Work {
  const fault = session.provider.faults.take(place, text);
  return fault ? strike(session, fault, goOn) : goOn();
}

/** Carries out a fault: a reply with its code, a pause, silence, or the end of the connection. */
export function strike(session: Session, fault: Fault, goOn: () => Work): Work {
  if (fault.kind === 'slow') return pause(fault.ms).then(goOn);
  if (fault.kind === 'timeout-after-accept') return silence();
  if (fault.kind.startsWith('smtp-')) refuse(session, Number(fault.kind.slice('smtp-'.length)));
  else session.hangUp();
  return undefined;
}

/** Answers with a refusal; a 421 also ends the connection. */
export function refuse(session: Session, code: number): void {
  const line = `${code} ${REPLIES[code] ?? 'Refused'}`;
  if (code === 421) session.end(line);
  else session.reply(line);
}

export function pause(ms = 1000): Promise<void> {
  return sleep(ms, undefined, { ref: false });
}

/** Never ends; the client has to give up. */
export function silence(): Promise<void> {
  return new Promise(() => undefined);
}
