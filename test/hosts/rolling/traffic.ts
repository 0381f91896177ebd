import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import type { Started } from './processes.ts';

/** People who order without a pause, at whichever app there is. */
export interface Traffic {
  /** Sends an app requests from now on. */
  add(app: Started): void;
  /** Sends an app no more of them; resolves when those under way are answered, as a load balancer would. */
  remove(app: Started): Promise<void>;
  /** The senders that the mail of each accepted order may have. */
  accepted: Map<string, Set<string>>;
  /** How many of {@link accepted} have a row of the shop's own. */
  rows(): number;
  /** What apps answered that was not a success. */
  faults: string[];
  /** Resolves when so many more requests were accepted. */
  more(requests: number): Promise<void>;
  stop(): Promise<void>;
}

const everyMs = 100;
const readersOfCampaign = 10;
/** A pickup notice waits for so long at most, in ms: the worker sends it, and not the app that accepted it. */
const pickupDelayMs = 2000;

export function openTraffic(): Traffic {
  const underWay = new Map<Started, Set<Promise<void>>>();
  const accepted = new Map<string, Set<string>>();
  const faults: string[] = [];
  let answered = 0;
  let orders = 0;
  let number = 0;
  let turn = 0;
  let stopped = false;

  const next = (apps: Started[]) => apps[turn++ % apps.length];
  const ask = (app: Started, path: string, body: object, then: () => void): void => {
    const request = post(app, path, body)
      .then(then, (error: Error) => void faults.push(`${app.name}, ${path}: ${error.message}`))
      .finally(() => underWay.get(app)?.delete(request) ?? false);
    underWay.get(app)?.add(request);
  };
  const order = (app: Started, id: string, sender: string, body: object): void =>
    ask(app, '/orders', { number: id, ...body }, () => {
      if (!accepted.has(id)) orders += 1;
      accepted.set(id, (accepted.get(id) ?? new Set()).add(sender));
      answered += 1;
    });
  const campaign = (app: Started, id: string): void => {
    const readers = Array.from({ length: readersOfCampaign }, (_, at) => `${id}-${at}`);
    ask(app, '/campaigns', { name: `Campaign ${id}`, readers }, () => {
      for (const reader of readers) accepted.set(reader, new Set(['mail@corner.example']));
      answered += 1;
    });
  };
  /** Two clicks on one button, at two apps where there are two: the order of both is one. */
  const twice = (apps: Started[], id: string): void => {
    for (const app of [next(apps), next(apps)])
      if (app)
        order(app, id, app.release.orderSender, { template: 'order-confirmation', key: `order-${id}` });
  };
  const tick = (): void => {
    const apps = [...underWay.keys()];
    const app = next(apps);
    const newer = next(apps.filter(({ release }) => release.name === 'B'));
    const id = String(++number);
    if (!app) faults.push(`There was no app for order ${id}.`);
    else if (number % 25 === 0) campaign(app, id);
    else if (number % 10 === 0) twice(apps, id);
    else if (newer && number % 3 === 0) {
      const sendAt = new Date(Date.now() + pickupDelayMs);
      order(newer, id, 'mail@corner.example', { template: 'pickup-notice', sendAt });
    } else order(app, id, app.release.orderSender, { template: 'order-confirmation' });
  };
  const clicking = (async () => {
    while (underWay.size === 0 && !stopped) await sleep(everyMs);
    for (; !stopped; await sleep(everyMs)) tick();
  })();

  return {
    accepted,
    faults,
    rows: () => orders,
    add: app => void underWay.set(app, new Set()),
    async remove(app) {
      const last = [...(underWay.get(app) ?? [])];
      underWay.delete(app);
      await Promise.all(last);
    },
    async more(requests) {
      const enough = answered + requests;
      const look = () => answered >= enough || faults.length > 0 || String(answered);
      await until('orders are accepted', look, { patienceMs: 30_000 });
      if (faults[0] !== undefined) throw new Error(faults[0]);
    },
    async stop() {
      stopped = true;
      await clicking;
      await Promise.all([...underWay.values()].flatMap(requests => [...requests]));
    },
  };
}

async function post(app: Started, path: string, body: object): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${app.ready[1]}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`${response.status} ${text}`);
}
