import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  inputs: number;
  seed: number;
  parts: string[];
  json: boolean;
  /** Ends then, however many inputs there were. */
  seconds: number;
}

/** Reads the command line; a text says what is wrong with it. */
export function readOptions(args: string[], known: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        inputs: { type: 'string', default: '20000' },
        seed: { type: 'string' },
        part: { type: 'string', multiple: true },
        seconds: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const parts = values.part ?? [...known];
    const unknown = parts.find(name => !known.includes(name));
    if (unknown !== undefined) return `There is no part named ${unknown}.`;
    return {
      inputs: whole('inputs', values.inputs),
      seed: values.seed === undefined ? randomInt(2 ** 31) : whole('seed', values.seed),
      parts,
      json: values.json,
      seconds: values.seconds === undefined ? Number.POSITIVE_INFINITY : whole('seconds', values.seconds),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** How to call it, with the list of parts. */
export function usage(known: readonly string[]): string {
  return `npm run fuzz [-- --inputs N] [--seed S] [--part PART ...] [--seconds N] [--json]
  --inputs N     how many inputs in all (default 20000)
  --seed S       the same inputs again (default: a new one, which is printed)
  --part PART    only this one; may be repeated: ${known.join(', ')}
  --seconds N    ends then, however many inputs there were
  --json         one line of JSON on standard output`;
}

function whole(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${name} must be a whole number.`);
  return Number(text);
}
