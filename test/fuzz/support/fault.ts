import { MailError, MalformedEvent } from '../../../server/mail/index.ts';

/** What went wrong with one input. */
export interface Fault {
  /** `server-error`: an answer of 500 or above; `crash`: everything else. */
  kind: 'crash' | 'server-error';
  message: string;
}

/** A fault in place of a value, for `throw`: fast-check makes the input smaller while it is thrown. */
export class FaultFound extends Error {
  override readonly name = 'FaultFound';
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

export function crash(message: string): FaultFound {
  return new FaultFound({ kind: 'crash', message });
}

/** Lets through what a public function may do: succeed, or throw what it documents, in clear words. */
export async function callDoor(call: () => unknown): Promise<void> {
  try {
    const result = await call();
    if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result)
      for await (const _ of result as AsyncIterable<unknown>) break;
  } catch (error) {
    if (error instanceof FaultFound) throw error;
    if (error instanceof MalformedEvent) return;
    if (!(error instanceof MailError)) throw crash(described(error));
    if (error.code === 'invalid-input' && !error.field) throw crash(`no field is named: ${error.message}`);
    if (/undefined|\[object \w/.test(error.message)) throw crash(`unclear words: ${error.message}`);
  }
}

/** Where an error comes from, in one line that is the same for the same fault. */
export function described(error: unknown): string {
  const { stack } = (error ?? {}) as { stack?: unknown };
  if (typeof stack !== 'string') return `thrown: ${String(error)}`;
  const [first = '', ...lines] = stack.split('\n');
  const place = lines.find(line => /\/(server|worker|db)\//.test(line) && !line.includes('node_modules'));
  return `${first.slice(0, 300)} ${(place ?? lines[0] ?? '').trim().replace(/\(?(file:\/\/)?\/.*?\/(?=(server|worker|db)\/)/, '(')}`;
}
