import { FAULT_KINDS, type Fault } from '../faults/faults.ts';

/** Checks a fault that came as JSON; a text says what is wrong with it. */
export function readFault(input: unknown): Fault | string {
  if (typeof input !== 'object' || input === null) return 'A fault is an object.';
  const given = new Map<string, unknown>(Object.entries(input));
  const [where, wanted] = [given.get('where'), given.get('kind')];
  const kind = FAULT_KINDS.find(one => one === wanted);
  if (typeof where !== 'string' || where === '') return 'where must be a text.';
  if (!kind) return `kind must be one of ${FAULT_KINDS.join(', ')}.`;
  const fault: Fault = { where, kind };
  for (const name of ['times', 'probability', 'ms', 'status', 'code'] as const) {
    const value = given.get(name);
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return `${name} must be a number.`;
    fault[name] = value;
  }
  const matching = given.get('matching');
  if (matching !== undefined && typeof matching !== 'string') return 'matching must be a text.';
  if (matching !== undefined) fault.matching = matching;
  if (given.has('body')) fault.body = given.get('body');
  const headers = readTexts(given.get('headers') ?? {});
  if (!headers) return 'headers must be an object of texts.';
  return { ...fault, headers };
}

function readTexts(input: unknown): Record<string, string> | null {
  if (typeof input !== 'object' || input === null) return null;
  const entries = Object.entries(input);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : null;
}
