import { toUSVString } from 'node:util';
import fc from 'fast-check';
import type { Part } from '../part.ts';
import { callDoor } from '../support/fault.ts';
import { mutated, strangeText, strangeValue } from '../support/values.ts';
import type { World } from '../world.ts';

type Query =
  | { door: 'page'; path: string; query: [string, string][] }
  | { door: 'function'; name: string; args: unknown[] };

/** The lists of the pages, with the fields of their addresses and what they might hold. */
const lists: Record<string, Record<string, readonly string[]>> = {
  '/messages': {
    ...{
      recipient: ['ada@mail.example'],
      template: ['newsletter'],
      category: ['order'],
      subject: ['Slow answers'],
    },
    state: ['sent', 'queued', 'failed', 'unknown'],
    ...{
      stream: ['outbound'],
      tag: ['alert'],
      campaign: [],
      campaignId: [],
      id: [],
      q: ['ada'],
      metadata: ['order=A-17'],
    },
    ...{
      since: ['2026-05-04', '2026-05-04T09:00'],
      until: ['2026-05-04'],
      cursor: [],
      after: [],
      before: [],
    },
  },
  '/campaigns': { state: ['draft'], cursor: [], page: ['2'] },
  '/suppressions': {
    stream: ['outbound'],
    address: ['joan@mail.example', 'j'],
    cursor: [],
    page: ['2'],
    reason: ['x'],
  },
  '/audit': { by: ['cli'], action: ['message.cancel'], subject: ['x'], cursor: [], day: ['2026-05-04'] },
  '/jobs': { name: ['deliver'], state: ['failed', 'running'], page: ['1', '9999'], sort: ['name'] },
  '/reconciliations': { day: ['2026-05-04'], stream: ['outbound'], cursor: [] },
  '/templates': { kind: ['layout'], q: ['order'] },
  '/templates/order-confirmation': { locale: ['nl'], sample: ['x'], version: ['1'], part: ['html'] },
  '/templates/order-confirmation/history': { before: ['2'], from: ['1'], to: ['draft'] },
  '/templates/order-confirmation/preview': {
    version: ['1', 'draft'],
    locale: ['nl'],
    scheme: ['dark'],
    template: ['receipt'],
  },
  '/templates/order-confirmation/replay': { count: ['3'], message: [] },
  '/templates/order-confirmation/publication': { revision: ['0'] },
  '/streams': { stream: ['outbound'] },
  '/users': { q: ['x'], page: ['1'] },
  '/': { range: ['24h', '7d'], hours: ['24'], stream: ['outbound'] },
};

/** Filters of every list of the pages, and of the public functions that look something up. */
export const queries: Part<Query> = {
  name: 'lists',
  share: 30,
  inputs({ ids }) {
    const id = fc.constantFrom(...ids.message, ...ids.campaign, ids.draft);
    const text = fc.oneof(
      { weight: 3, arbitrary: strangeText.map(one => one.slice(0, 600)) },
      { weight: 1, arbitrary: id },
    );
    const page = fc.constantFrom(...Object.entries(lists)).chain(([path, fields]) => {
      const pair = fc.constantFrom(...Object.entries(fields)).chain(([name, known]) => {
        const value = known.length > 0 ? fc.oneof(fc.constantFrom(...known), text) : text;
        const named = fc.constantFrom(name, name, name, `${name}[]`, `${name}[x]`, `${name}[__proto__]`);
        return fc.tuple(named, value);
      });
      const below = fc.oneof(
        { weight: 6, arbitrary: fc.constant('') },
        { weight: 1, arbitrary: text.map(one => `/${encode(one)}`) },
      );
      return fc.record({
        door: fc.constant('page' as const),
        path: below.map(more => path + more),
        query: fc.array(pair, { maxLength: 4 }),
      });
    });
    const call = fc.constantFrom(...Object.entries(examples(ids))).chain(([name, args]) =>
      fc.record({
        door: fc.constant('function' as const),
        name: fc.constant(name),
        args: mutated<unknown[]>(args, strangeValue),
      }),
    );
    return fc.oneof(page, call);
  },
  async attempt({ mail, http, browser }, query) {
    if (query.door === 'function') return callDoor(() => functionAt(mail, query.name)(...query.args));
    const { cookie } = await browser('admin');
    const pairs = query.query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
    await http.ask({ method: 'GET', path: `${query.path}${pairs && `?${pairs}`}`, headers: { cookie } });
  },
};

/** How the functions that look something up are called. */
function examples({ message, campaign, draft }: World['ids']): Record<string, unknown[]> {
  const [id = ''] = message;
  const filter = {
    ...{
      recipient: 'ada@mail.example',
      template: 'operational-alert',
      state: 'sent',
      stream: 'outbound',
      tag: 'alert',
    },
    ...{ subject: 'x', metadata: { a: 'b' }, since: '2026-05-04T09:00:00Z', limit: 5 },
  };
  const named = { kind: 'template', key: 'order-confirmation' };
  return {
    'messages.find': [filter],
    'messages.get': [id],
    'messages.named': [id],
    'messages.recipients': ['a'],
    'messages.explain': [id],
    'messages.timeline': [id],
    'messages.attempts': [id],
    'messages.events': [id],
    'messages.rawEvent': ['1'],
    'messages.preview': [id],
    'messages.content': [id],
    'campaigns.get': [campaign[0]],
    'campaigns.list': [{ running: true, cursor: draft }],
    'campaigns.plan': [draft],
    'campaigns.contract': [draft],
    'campaigns.progress': [campaign[2], { recent: true }],
    'campaigns.results': [campaign[2]],
    'suppressions.list': [{ stream: 'outbound', address: 'joan@mail.example', limit: 3 }],
    'suppressions.page': [{ stream: 'outbound', address: 'j' }],
    'suppressions.evidence': ['outbound', 'joan@mail.example'],
    'consent.list': ['ada@mail.example'],
    'audit.list': [{ by: 'cli', action: 'suppression.add', limit: 3 }],
    'audit.get': ['1'],
    'monitoring.series': [24, 1],
    'monitoring.templates': [7],
    'reconciliations.list': [{}],
    'reconciliations.get': ['2026-05-04', 'outbound'],
    'templates.list': ['layout'],
    'templates.get': [named],
    'templates.usedBy': [named],
    'templates.versions': [named, { before: 3, limit: 2 }],
    'templates.version': [named, 1],
    'templates.diff': [named, 1, 1],
    'templates.sample': ['order-confirmation', 'nl'],
    'providers.describeBounce': ['HardBounce'],
    'providers.describeSuppression': [{ reason: 'HardBounce', origin: 'Recipient' }],
  };
}

function functionAt(mail: object, name: string): (...args: unknown[]) => unknown {
  const found = name
    .split('.')
    .reduce<unknown>((here, step) => (here as Record<string, unknown>)[step], mail);
  if (typeof found !== 'function') return () => null;
  return found as (...args: unknown[]) => unknown;
}

// What is no text in UTF-16 cannot be in an address.
function encode(text: string): string {
  return encodeURIComponent(toUSVString(text));
}
