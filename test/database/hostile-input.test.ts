import { expect } from 'chai';
import { type Mail, MailError, MalformedEvent } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData, resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';

const throwing = (): object =>
  Object.defineProperties(
    {},
    Object.fromEntries(
      ['to', 'template', 'by', 'trx', 'limit', 'name', 'topic', 'key', 'kind', 'data', 'since'].map(name => [
        name,
        {
          enumerable: true,
          get: () => {
            throw new TypeError('of the caller');
          },
        },
      ]),
    ),
  );
const proxy = (): object =>
  new Proxy(
    {},
    {
      get: () => {
        throw new TypeError('of the caller');
      },
      ownKeys: () => {
        throw new TypeError('of the caller');
      },
    },
  );
const circular: Record<string, unknown> = {};
circular.self = circular;

/** Whatever a program without types may hand in. */
const hostile: [what: string, value: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['true', true],
  ['0', 0],
  ['a negative number', -1],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['a BigInt', 12n],
  ['a Symbol', Symbol('x')],
  ['a function', () => 'x'],
  ['an empty text', ''],
  ['a text', 'x'],
  ['a huge text', 'x'.repeat(2_000_000)],
  ['a text with NUL', 'a\u0000b'],
  ['a lone surrogate', 'a\ud800b'],
  ['a text beyond ASCII', 'é\u{1f600}'],
  ['SQL', "' OR 1=1 -- "],
  ['an empty list', []],
  ['a list of everything', [undefined, null, Number.NaN, 1n, {}]],
  ['an empty object', {}],
  ['an object without a prototype', Object.create(null)],
  ['a circle', circular],
  ['an invalid date', new Date(Number.NaN)],
  ['a date far away', new Date(8.64e15)],
  ['a map', new Map([['by', 'x']])],
  ['an error', new Error('x')],
  ['getters that throw', throwing()],
  ['a proxy that throws', proxy()],
  ['keys of prototypes', JSON.parse('{"__proto__": {"by": "x"}, "constructor": 1, "toString": 2}')],
  ['an unknown option', { tranzaction: 1 }],
  [
    'fields of wrong kinds',
    { by: 1n, trx: 'x', limit: 'all', to: {}, template: Symbol('x'), data: circular },
  ],
];

/** What a function can be called with, so that each of its arguments is reached in turn. */
function examples(id: string, campaign: string): Record<string, unknown[]> {
  const ref = { kind: 'template', key: 'receipt' };
  return {
    send: [resetInput(), {}],
    sendBatch: [[resetInput()], {}],
    receive: ['postmark', {}],
    render: [{ template: 'password-reset' }],
    'messages.find': [{}],
    'messages.reschedule': [id, new Date(), {}],
    'messages.cancel': [id, {}],
    'messages.retry': [id, {}],
    'messages.resend': [id, {}],
    'campaigns.create': [{ name: 'n', template: 'newsletter', data: newsletterData }, {}],
    'campaigns.addRecipients': [campaign, [], {}],
    'campaigns.removeRecipients': [campaign, {}],
    'campaigns.launch': [campaign, {}],
    'campaigns.pause': [campaign, {}],
    'campaigns.resume': [campaign, {}],
    'campaigns.cancel': ['00000000-0000-7000-8000-000000000000', {}],
    'campaigns.retryFailed': [campaign, {}],
    'campaigns.progress': [campaign, {}],
    'suppressions.add': ['outbound', 'eve@mail.example', 'note', {}],
    'suppressions.lift': ['outbound', 'eve@mail.example', 'note', {}],
    'suppressions.evidence': ['outbound', 'eve@mail.example'],
    'consent.record': [{ topic: 'news', address: 'eve@mail.example', granted: true }, {}],
    'monitoring.series': [24, 1],
    'audit.record': [{ by: 'x', action: 'message.cancel', subject: 'x', before: null, after: null }, {}],
    'webhookPasswords.accepts': ['user', 'password'],
    'webhookPasswords.remove': [1, { by: 'x' }],
    'webhooks.check': ['postmark', 'https://shop.example/webhooks'],
    'webhooks.setUp': ['postmark', ['outbound'], 'https://shop.example/webhooks', { by: 'x' }],
    'templates.saveDraft': [
      { ...ref, content: {} },
      { revision: 0, by: 'x' },
    ],
    'templates.discardDraft': [ref, { revision: 0, by: 'x' }],
    'templates.publish': [ref, { revision: 0, by: 'x', message: 'm' }],
    'templates.restore': [ref, 1, { revision: 0, by: 'x', message: 'm' }],
    'templates.versions': [ref, {}],
    'templates.version': [ref, 1],
    'templates.diff': [ref, 1, 1],
    'templates.compose': [{ ...ref, content: {} }, 'receipt'],
    'templates.sample': ['receipt', null],
    'templates.sampleData.save': ['receipt', { name: 'n', locale: null, data: {} }, 'x'],
    'templates.sampleData.remove': ['receipt', id, 'x'],
  };
}

/** No argument to hand in, or work of its own that is tested elsewhere; the log takes whatever a log takes. */
const left = new Set(['close', 'health', 'ping', 'log', 'work.reconcile', 'templates.files.import']);

function* functionsOf(api: object, path = ''): Generator<[string, (...args: unknown[]) => unknown]> {
  for (const [name, value] of Object.entries(api)) {
    const full = path ? `${path}.${name}` : name;
    if (left.has(full)) continue;
    if (typeof value === 'function') yield [full, value as (...args: unknown[]) => unknown];
    else if (typeof value === 'object' && value !== null && !Array.isArray(value))
      yield* functionsOf(value, full);
  }
}

describe('whatever is handed to a public function', function () {
  this.timeout(120_000);
  const db = testDatabase();
  let mail: Mail;
  let calls: Record<string, unknown[]>;

  before(async () => {
    const transports = ['postmark-api', 'postmark-smtp'].map(name => createScriptedTransport(name));
    mail = await openMail({ transports });
    const { id } = await mail.send(resetInput(), { wait: true });
    const campaign = await mail.campaigns.create({ name: 'n', template: 'newsletter', data: newsletterData });
    calls = examples(id, campaign.id);
  });
  after(() => mail.close());

  /** Null for success and a MailError; else what came out. */
  const outcome = async (call: (...args: unknown[]) => unknown, args: unknown[]): Promise<string | null> => {
    try {
      const result = await call(...args);
      if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result)
        for await (const _ of result as AsyncIterable<unknown>) break;
      return null;
    } catch (error) {
      if (error instanceof MailError) {
        if (error.code === 'invalid-input' && !error.field) return `no field: ${error.message}`;
        return /undefined|\[object/.test(error.message) ? `unclear: ${error.message}` : null;
      }
      return error instanceof MalformedEvent ? null : String((error as Error)?.stack ?? error).slice(0, 600);
    }
  };

  it('ends in a MailError that names the field, or in success', async () => {
    const faults: string[] = [];
    for (const [name, call] of functionsOf(mail)) {
      const example = calls[name] ?? ['x'];
      for (let position = 0; position < example.length; position += 1) {
        for (const [what, value] of hostile) {
          const args = example.map((one, i) => (i === position ? value : one));
          const found = await outcome(call, args);
          if (found) faults.push(`${name}, argument ${position + 1}: ${what}: ${found}`);
        }
      }
    }
    expect(faults.slice(0, 25).join('\n\n')).to.equal('');
  });

  it('ends so in each field of a message, a filter and a recipient', async () => {
    const fields = [
      ...['template', 'to', 'cc', 'bcc', 'replyTo', 'data', 'idempotencyKey', 'metadata', 'tag', 'headers'],
      ...['attachments', 'locale', 'topic', 'confidential', 'sendAt', 'expiresAt', 'stream'],
    ];
    const composed = { category: 'order', subject: 's', html: '<p>x</p>', to: 'ada@mail.example' };
    const filters = [
      ...['recipient', 'template', 'category', 'subject', 'state', 'stream', 'tag', 'campaignId'],
      ...['idempotencyKey', 'metadata', 'since', 'until', 'cursor', 'after', 'limit'],
    ];
    const tried: [string, (value: unknown) => Promise<unknown>][] = [
      ...fields.map((field): [string, (value: unknown) => Promise<unknown>] => [
        `send ${field}`,
        value => mail.send({ ...resetInput(), [field]: value } as never),
      ]),
      ...['category', 'subject', 'html', 'text', 'layout', 'checkLinks', ...fields.slice(1)].map(
        (field): [string, (value: unknown) => Promise<unknown>] => [
          `send composed ${field}`,
          value => mail.send({ ...composed, [field]: value } as never),
        ],
      ),
      ...filters.map((field): [string, (value: unknown) => Promise<unknown>] => [
        `find ${field}`,
        value => mail.messages.find({ [field]: value } as never),
      ]),
      ...['name', 'template', 'topic', 'data', 'tag', 'sendAt'].map(
        (field): [string, (value: unknown) => Promise<unknown>] => [
          `create ${field}`,
          value =>
            mail.campaigns.create({ ...(calls['campaigns.create']?.[0] as object), [field]: value } as never),
        ],
      ),
      ...['to', 'name', 'data', 'locale', 'metadata', 'replyTo'].map(
        (field): [string, (value: unknown) => Promise<unknown>] => [
          `recipient ${field}`,
          value =>
            mail.campaigns.addRecipients(String(calls['campaigns.launch']?.[0]), [
              { to: 'ada@mail.example', [field]: value } as never,
            ]),
        ],
      ),
      ...['topic', 'address', 'granted', 'evidence', 'at'].map(
        (field): [string, (value: unknown) => Promise<unknown>] => [
          `consent ${field}`,
          value =>
            mail.consent.record({
              ...{ topic: 'news', address: 'ada@mail.example', granted: true },
              [field]: value,
            } as never),
        ],
      ),
    ];
    const faults: string[] = [];
    for (const [name, call] of tried) {
      for (const [what, value] of hostile) {
        const found = await outcome(() => call(value), []);
        if (found) faults.push(`${name}: ${what}: ${found}`);
      }
    }
    expect(faults.slice(0, 25).join('\n\n')).to.equal('');
  });

  it('leaves the module as it was', async () => {
    expect((await mail.send(resetInput(), { wait: true })).state).to.equal('sent');
    expect(
      await db('postlane_template_sources')
        .where({ source_key: 'x' })
        .catch(() => []),
    ).to.deep.equal([]);
    expect(({} as { by?: string }).by).to.equal(undefined);
  });
});
