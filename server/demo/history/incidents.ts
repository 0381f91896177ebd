import { confirmation, type Order, orderOf, verification } from '../sample-mails.ts';
import { customers, problemCustomers } from '../shop.ts';
import { dayMs, type HistoryContext, hourMs, minuteMs } from './context.ts';
import { placeOrder } from './visits.ts';

/** What went wrong in the month, so that its traces can be seen. */
export function planIncidents(context: HistoryContext, today: number, now: number, unshipped: Order[]): void {
  planMaintenance(context, today - 9 * dayMs + 16.7 * hourMs, unshipped);
  planLostEvent(context, today - 12 * dayMs + 11.2 * hourMs);
  planUnknown(context, now - 27 * hourMs);
  planRefusal(context, now - 5 * hourMs);
}

/** Postmark is down for half a minute: what is handed over meanwhile is deferred and repeated. */
function planMaintenance(context: HistoryContext, at: number, unshipped: Order[]): void {
  const { schedule, sandbox, mail } = context;
  schedule.at(at, async () => {
    const body = { ErrorCode: 100, Message: 'Down for maintenance.' };
    const endFault = sandbox.faults.add({ where: 'POST /email*', kind: 'status', status: 503, body });
    schedule.at(at + 30_000, endFault);
    for (const [i, to] of customers.slice(0, 3).entries()) {
      await placeOrder(context, orderOf(to, 90_001 + i, new Date(at)), unshipped);
    }
  });
  for (const seconds of [8, 20, 45, 100, 180]) {
    schedule.at(at + seconds * 1000, () => mail.work.deliverDue('transactional'));
  }
}

/** A bounce of which no webhook tells; the nightly reconciliation finds it. */
function planLostEvent({ schedule, sandbox, mail }: HistoryContext, at: number): void {
  schedule.at(at, async () => {
    sandbox.faults.add({ where: 'webhook:Bounce', kind: 'lose', times: 1 });
    sandbox.faults.add({ where: 'webhook:SubscriptionChange', kind: 'lose', times: 1 });
    await mail.send(verification(problemCustomers.unreported, 90_007), { wait: true });
  });
}

/** Cut off before the answer, and nobody can be asked: for an operator to decide. */
function planUnknown({ schedule, sandbox, mail }: HistoryContext, at: number): void {
  const to = customers[40];
  if (!to) return;
  schedule.at(at, async () => {
    sandbox.faults.add({ where: 'POST /email', kind: 'reset-before', times: 1 });
    await mail.send(confirmation(orderOf(to, 90_004, new Date(at))), { wait: true });
  });
  schedule.at(at + 24 * hourMs + minuteMs, async () => {
    const body = { ErrorCode: 100, Message: 'Down for maintenance.' };
    const endFault = sandbox.faults.add({
      where: 'GET /messages/outbound',
      kind: 'status',
      status: 503,
      body,
    });
    await mail.work.resolveUnknowns();
    endFault();
  });
}

/** An order that Postmark will not take. */
function planRefusal({ schedule, sandbox, mail }: HistoryContext, at: number): void {
  const to = customers[71];
  if (!to) return;
  schedule.at(at, async () => {
    const body = { ErrorCode: 300, Message: "Invalid 'To' address: the domain has no mail server." };
    sandbox.faults.add({ where: 'POST /email', kind: 'status', status: 422, body, times: 1 });
    await mail.send(confirmation(orderOf(to, 90_005, new Date(at))), { wait: true });
  });
}
