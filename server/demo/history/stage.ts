import type { Sandbox } from '../../../test/sandbox/index.ts';
import type { Dice } from '../../../test/support/dice.ts';
import type { Mail } from '../../mail/index.ts';
import type { Diary } from './diary.ts';

/** What all parts of the history are played on. */
export interface Stage {
  mail: Mail;
  sandbox: Sandbox;
  diary: Diary;
  dice: Dice;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** One of them. Throws when there is none. */
export function pick<T>({ between }: Dice, items: readonly T[]): T {
  const item = items[between(0, items.length - 1)];
  if (item === undefined) throw new RangeError('There is nothing to pick from.');
  return item;
}

/** True once in so many throws, `chance` from 0 to 1. */
export function happens({ next }: Dice, chance: number): boolean {
  return next() < chance;
}
