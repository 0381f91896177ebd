import type { SendInput } from '../../mail/index.ts';
import {
  booking,
  confirmation,
  type Order,
  orderOf,
  passwordReset,
  receipt,
  shipped,
  tierUpgrade,
  verification,
} from '../letters.ts';
import { type Customer, customers, troubled } from '../shop.ts';
import { dayMs, happens, hourMs, minuteMs, pick, type Stage } from './stage.ts';
import { visitors } from './visitors.ts';

// Of a hundred visits by the hour, UTC: little at night, most before lunch and after supper.
const rhythm = [1, 0, 0, 0, 0, 1, 2, 4, 6, 7, 8, 8, 7, 5, 5, 6, 6, 7, 8, 8, 6, 4, 2, 1] as const;

const kinds = [
  'order',
  'order',
  'order',
  'order',
  'sign-up',
  'sign-up',
  'reset',
  'reset',
  'booking',
  'tier',
] as const;

const ordersShippedAt = 14 * hourMs;

/** The orders that wait to be packed. */
export type Shelf = Order[];

/**
 * One day of the shop's customers. More come at weekends and as winter nears (`season`, from 0 to 1); parcels leave on
 * working days.
 */
export function planVisits(stage: Stage, day: number, season: number, shelf: Shelf): void {
  const { diary, dice } = stage;
  const weekday = new Date(day).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  const visits = Math.round(5 + 34 * season ** 5) + dice.between(isWeekend ? 2 : 0, isWeekend ? 6 : 3);
  for (let i = 0; i < visits; i++) planVisit(stage, day + timeOfDay(stage), numberOf(day) + i);
  if (!isWeekend) diary.at(day + ordersShippedAt + dice.between(0, 40) * minuteMs, () => ship(stage, shelf));
  for (const to of strangers(day)) {
    diary.at(day + timeOfDay(stage), () => post(stage, [verification(to, numberOf(day) + 59)]));
  }

  function planVisit(on: Stage, at: number, number: number): void {
    const to = pick(dice, customers);
    const kind = pick(dice, kinds);
    diary.at(at, () => {
      if (kind === 'order') return placeOrder(on, orderOf(to, number, new Date(at)), shelf);
      return writeTo(on, to, otherLetter(kind, to, number, at), at);
    });
  }
}

/** An order and what follows from it: confirmed and charged at once, read, packed. */
export async function placeOrder(stage: Stage, order: Order, shelf: Shelf): Promise<void> {
  shelf.push(order);
  await post(stage, [confirmation(order), receipt(order)]);
  planReading(stage, order.to.email, order.placedAt.getTime());
}

/** Any other letter, and what its reader does with it. */
async function writeTo(stage: Stage, to: Customer, letter: SendInput, at: number): Promise<void> {
  await post(stage, [letter]);
  planReading(stage, to.email, at);
}

function otherLetter(
  kind: Exclude<(typeof kinds)[number], 'order'>,
  to: Customer,
  number: number,
  at: number,
): SendInput {
  if (kind === 'sign-up') return verification(to, number);
  if (kind === 'reset') return passwordReset(to, number);
  if (kind === 'tier') return tierUpgrade(to, number);
  const saturday = at + (6 - new Date(at).getUTCDay() + 7) * dayMs;
  return booking(to, number, new Date(Math.floor(saturday / dayMs) * dayMs + 13 * hourMs));
}

async function ship(stage: Stage, shelf: Shelf): Promise<void> {
  const now = stage.sandbox.clock.now();
  await post(
    stage,
    shelf.splice(0).map(order => shipped(order, now)),
  );
}

async function post({ mail }: Stage, letters: readonly SendInput[]): Promise<void> {
  if (letters.length > 0) await mail.sendBatch(letters, { wait: true });
}

/** Half of them open it in the next hours, and some follow its link. */
function planReading({ diary, dice, sandbox }: Stage, email: string, sentAt: number): void {
  const id = sandbox.messages.lastTo(email)?.id;
  if (id === undefined || !happens(dice, 0.5)) return;
  const visitor = pick(dice, visitors);
  const openedAt = sentAt + dice.between(2, 200) * minuteMs;
  diary.at(openedAt, () => sandbox.open(id, visitor));
  if (!happens(dice, 0.4)) return;
  const link = 'https://alderandfinch.example/orders';
  diary.at(openedAt + 20_000, () => sandbox.click(id, link, { visitor }));
}

/** Now and then somebody signs up with an address that is dead, or whose mailbox is full. */
function strangers(day: number): Customer[] {
  const days = Math.floor(day / dayMs);
  const of = (list: readonly Customer[]) => list[days % list.length] ?? [];
  return [of(days % 6 === 0 ? troubled.gone : []), of(days % 9 === 4 ? troubled.full : [])].flat();
}

function timeOfDay({ dice }: Stage): number {
  let at = dice.between(
    1,
    rhythm.reduce<number>((sum, share) => sum + share, 0),
  );
  const hour = rhythm.findIndex(share => {
    at -= share;
    return at <= 0;
  });
  return hour * hourMs + dice.between(0, 59 * 60) * 1000;
}

/** The first number of orders, bookings and links of a day; each day has sixty, all below 90,000. */
function numberOf(day: number): number {
  return (Math.floor(day / dayMs) % 1500) * 60;
}
