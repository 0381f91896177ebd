import type { Envelope, Outcome, Transport } from '../../server/mail/index.ts';

/** A transport behind a gate that a test opens: what is handed over waits there for its turn. */
export interface GatedTransport {
  transport: Transport;
  /** Lets so many more through. */
  let(count: number): void;
  /** Lets everything through from now on. */
  open(): void;
}

/** Puts a closed gate before a transport; one message is handed over at a time. */
export function gated(inner: Transport): GatedTransport {
  let free = 0;
  const waiting: (() => void)[] = [];
  const pass = () => {
    const going = waiting.splice(0, free);
    free -= going.length;
    for (const go of going) go();
  };
  const turn = () =>
    new Promise<void>(resolve => {
      waiting.push(resolve);
      pass();
    });
  const add = (count: number) => {
    free += count;
    pass();
  };
  const send = async (envelopes: readonly Envelope[], startWithinMs: number): Promise<Outcome[]> => {
    await Promise.all(envelopes.map(turn));
    return inner.send(envelopes, startWithinMs);
  };
  return {
    transport: { name: inner.name, pageSize: 1, unsubscribes: true, send, close: () => inner.close() },
    let: add,
    open: () => add(Number.POSITIVE_INFINITY),
  };
}
