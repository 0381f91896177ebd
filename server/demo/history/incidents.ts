import { confirmation, orderOf, verification } from '../letters.ts';
import { customers, troubled } from '../shop.ts';
import { dayMs, hourMs, minuteMs, type Stage } from './stage.ts';
import { placeOrder, type Shelf } from './visits.ts';

/** What went wrong in the month, so that its traces can be seen. */
export function planIncidents(stage: Stage, today: number, now: number, shelf: Shelf): void {
  planMaintenance(stage, today - 9 * dayMs + 16.7 * hourMs, shelf);
  planLostReport(stage, today - 12 * dayMs + 11.2 * hourMs);
  planUnknown(stage, now - 27 * hourMs);
  planRefusal(stage, now - 5 * hourMs);
}

/** Postmark is down for half a minute: what is handed over meanwhile is deferred and repeated. */
function planMaintenance(stage: Stage, at: number, shelf: Shelf): void {
  const { diary, sandbox, mail } = stage;
  diary.at(at, async () => {
    const body = { ErrorCode: 100, Message: 'Down for maintenance.' };
    const mend = sandbox.faults.add({ where: 'POST /email*', kind: 'status', status: 503, body });
    diary.at(at + 30_000, mend);
    for (const [i, to] of customers.slice(0, 3).entries()) {
      await placeOrder(stage, orderOf(to, 90_001 + i, new Date(at)), shelf);
    }
  });
  for (const seconds of [8, 20, 45, 100, 180]) {
    diary.at(at + seconds * 1000, () => mail.work.deliverDue('transactional'));
  }
}

/** A bounce of which no webhook tells; the night finds it. */
function planLostReport({ diary, sandbox, mail }: Stage, at: number): void {
  diary.at(at, async () => {
    sandbox.faults.add({ where: 'webhook:Bounce', kind: 'lose', times: 1 });
    sandbox.faults.add({ where: 'webhook:SubscriptionChange', kind: 'lose', times: 1 });
    await mail.send(verification(troubled.unheard, 90_007), { wait: true });
  });
}

/** Cut off before the answer, and nobody can be asked: for an operator to decide. */
function planUnknown({ diary, sandbox, mail }: Stage, at: number): void {
  const to = customers[40];
  if (!to) return;
  diary.at(at, async () => {
    sandbox.faults.add({ where: 'POST /email', kind: 'reset-before', times: 1 });
    await mail.send(confirmation(orderOf(to, 90_004, new Date(at))), { wait: true });
  });
  diary.at(at + 24 * hourMs + minuteMs, async () => {
    const body = { ErrorCode: 100, Message: 'Down for maintenance.' };
    const mend = sandbox.faults.add({ where: 'GET /messages/outbound', kind: 'status', status: 503, body });
    await mail.work.resolveUnknowns();
    mend();
  });
}

/** An order that Postmark will not take. */
function planRefusal({ diary, sandbox, mail }: Stage, at: number): void {
  const to = customers[71];
  if (!to) return;
  diary.at(at, async () => {
    const body = { ErrorCode: 300, Message: "Invalid 'To' address: the domain has no mail server." };
    sandbox.faults.add({ where: 'POST /email', kind: 'status', status: 422, body, times: 1 });
    await mail.send(confirmation(orderOf(to, 90_005, new Date(at))), { wait: true });
  });
}
