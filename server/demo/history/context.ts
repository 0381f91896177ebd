import type { Sandbox } from '../../../test/sandbox/index.ts';
import type { Mail } from '../../mail/index.ts';
import type { Random } from '../random.ts';
import type { Schedule } from './schedule.ts';

/** What all parts of the history work with. */
export interface HistoryContext {
  mail: Mail;
  sandbox: Sandbox;
  schedule: Schedule;
  random: Random;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** One of them. Throws when there is none. */
export function pick<T>({ between }: Random, items: readonly T[]): T {
  const item = items[between(0, items.length - 1)];
  if (item === undefined) throw new RangeError('There is nothing to pick from.');
  return item;
}

/** True once in so many times; `chance` is from 0 to 1. */
export function happens({ next }: Random, chance: number): boolean {
  return next() < chance;
}
