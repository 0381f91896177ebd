import { randomUUID } from 'node:crypto';
import type { Envelope, Outcome, Transport } from '../../server/mail/providers/transport.ts';

/** Says what becomes of an envelope; `count` is how many this transport was given before it. */
export type Script = (envelope: Envelope, count: number) => Outcome;

/** A transport without a network: it keeps what it was given and answers from its script. */
export interface ScriptedTransport extends Transport {
  /** Everything handed over so far, in order. */
  readonly given: Envelope[];
  /** Replaces the script from now on. */
  answer(script: Script): void;
}

/** Accepts everything until told otherwise. */
export function createScriptedTransport(name: string, first: Script = accept): ScriptedTransport {
  let script = first;
  const given: Envelope[] = [];
  return {
    name,
    pageSize: 100,
    unsubscribes: true,
    given,
    answer(next) {
      script = next;
    },
    async send(envelopes) {
      return envelopes.map(envelope => script(envelope, given.push(envelope) - 1));
    },
    async close() {},
  };
}

/** Accepted, with an id as the API gives one. */
export function accept(): Outcome {
  return { kind: 'accepted', code: 'postmark-0', answer: 'OK', providerMessageId: randomUUID() };
}
