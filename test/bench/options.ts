import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  parts: string[];
  json: boolean;
  /** How often both sides of a part are measured, in turn. */
  rounds: number;
  /** Of a campaign in one round; null: what fits into the time. */
  recipients: number | null;
  /** At once, in one round; null: as many as the figure is promised for. */
  sends: number | null;
  /** Of Agenda in one round; null: as many as its figures are promised for. */
  jobs: number | null;
  /** Of webhooks in one round, and in the check of their order; null: as many as the figures are promised for. */
  events: number | null;
}

/** Reads the command line; a text says what is wrong with it. */
export function readOptions(args: string[], known: readonly string[]): Options | string {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        recipients: { type: 'string' },
        sends: { type: 'string' },
        jobs: { type: 'string' },
        events: { type: 'string' },
      },
    });
    const unknown = positionals.find(name => !known.includes(name));
    if (unknown !== undefined) return `There is no part named ${unknown}.`;
    return {
      parts: positionals.length > 0 ? [...new Set(positionals)] : [...known],
      json: values.json,
      rounds: positive('rounds', values.rounds) ?? 3,
      recipients: positive('recipients', values.recipients),
      sends: positive('sends', values.sends),
      jobs: positive('jobs', values.jobs),
      events: positive('events', values.events),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** How to call it, with the list of parts. */
export function usage(known: readonly string[]): string {
  return `npm run bench [-- PART ...] [--json] [--rounds N] [--recipients N] [--sends N] [--jobs N] [--events N]
  parts: ${known.join(', ')} (default: all)
  --json          one line of JSON per result on standard output
  --rounds N      how often each side is measured, in turn (default 3)
  --recipients N  of a campaign in one round (default 3000, fewer on a slow machine)
  --sends N       32 at once, in one round (default 640)
  --jobs N        of Agenda in one round (default 5000)
  --events N      of webhooks in one round (default 16000), and told shuffled in the end (default 100000)`;
}

function positive(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`--${name} must be a whole number above 0.`);
  return Number(text);
}
