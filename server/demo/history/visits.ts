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
} from '../sample-mails.ts';
import { type Customer, customers, problemCustomers } from '../shop.ts';
import { dayMs, type HistoryContext, happens, hourMs, minuteMs, pick } from './context.ts';
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

/**
 * One day of the shop's customers. More come at weekends and as winter nears (`season`, from 0 to 1); parcels leave on
 * working days.
 */
export function planVisits(context: HistoryContext, day: number, season: number, unshipped: Order[]): void {
  const { schedule, random } = context;
  const weekday = new Date(day).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  const visits = Math.round(5 + 34 * season ** 5) + random.between(isWeekend ? 2 : 0, isWeekend ? 6 : 3);
  for (let i = 0; i < visits; i++) planVisit(context, day + timeOfDay(context), numberOf(day) + i);
  if (!isWeekend)
    schedule.at(day + ordersShippedAt + random.between(0, 40) * minuteMs, () => ship(context, unshipped));
  for (const to of newcomersAtProblemAddresses(day)) {
    schedule.at(day + timeOfDay(context), () => post(context, [verification(to, numberOf(day) + 59)]));
  }

  function planVisit(on: HistoryContext, at: number, number: number): void {
    const to = pick(random, customers);
    const kind = pick(random, kinds);
    schedule.at(at, () => {
      if (kind === 'order') return placeOrder(on, orderOf(to, number, new Date(at)), unshipped);
      return writeTo(on, to, otherMail(kind, to, number, at), at);
    });
  }
}

/** An order and what follows from it: confirmed and charged at once, read, packed. */
export async function placeOrder(context: HistoryContext, order: Order, unshipped: Order[]): Promise<void> {
  unshipped.push(order);
  await post(context, [confirmation(order), receipt(order)]);
  planReading(context, order.to.email, order.placedAt.getTime());
}

/** Any other mail, and what its reader does with it. */
async function writeTo(context: HistoryContext, to: Customer, mail: SendInput, at: number): Promise<void> {
  await post(context, [mail]);
  planReading(context, to.email, at);
}

function otherMail(
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

async function ship(context: HistoryContext, unshipped: Order[]): Promise<void> {
  const now = context.sandbox.clock.now();
  await post(
    context,
    unshipped.splice(0).map(order => shipped(order, now)),
  );
}

async function post({ mail }: HistoryContext, mails: readonly SendInput[]): Promise<void> {
  if (mails.length > 0) await mail.sendBatch(mails, { wait: true });
}

/** Half of them open it in the next hours, and some follow its link. */
function planReading({ schedule, random, sandbox }: HistoryContext, email: string, sentAt: number): void {
  const id = sandbox.messages.lastTo(email)?.id;
  if (id === undefined || !happens(random, 0.5)) return;
  const visitor = pick(random, visitors);
  const openedAt = sentAt + random.between(2, 200) * minuteMs;
  schedule.at(openedAt, () => sandbox.open(id, visitor));
  if (!happens(random, 0.4)) return;
  const link = 'https://alderandfinch.example/orders';
  schedule.at(openedAt + 20_000, () => sandbox.click(id, link, { visitor }));
}

/** Now and then somebody signs up with an address that is dead, or whose mailbox is full. */
function newcomersAtProblemAddresses(day: number): Customer[] {
  const days = Math.floor(day / dayMs);
  const of = (list: readonly Customer[]) => list[days % list.length] ?? [];
  return [
    of(days % 6 === 0 ? problemCustomers.hardBounce : []),
    of(days % 9 === 4 ? problemCustomers.softBounce : []),
  ].flat();
}

function timeOfDay({ random }: HistoryContext): number {
  let at = random.between(
    1,
    rhythm.reduce<number>((sum, share) => sum + share, 0),
  );
  const hour = rhythm.findIndex(share => {
    at -= share;
    return at <= 0;
  });
  return hour * hourMs + random.between(0, 59 * 60) * 1000;
}

/** The first number of orders, bookings and links of a day; each day has sixty, all below 90,000. */
function numberOf(day: number): number {
  return (Math.floor(day / dayMs) % 1500) * 60;
}
