import { expect } from 'chai';
import { MalformedEvent } from '../../server/mail/providers/event.ts';
import type { Provider } from '../../server/mail/providers/provider.ts';
import { anEnvelope } from './envelope.ts';

/** A full provider in a world of its own, for one test of the contract. */
export interface ProviderInUse {
  provider: Provider;
  /** The transport to test, and a stream that it carries. */
  transport: string;
  stream: string;
  /** Addresses by what becomes of mail to them. */
  arrives: string;
  bounces: string;
  complains: string;
  /** Bodies that it has posted or would have, once it is idle. */
  bodies(): Promise<unknown[]>;
  /** The field of a body that says what it is about. */
  kindField: string;
  /** Puts an address on its list, as its staff or account would. */
  list(stream: string, address: string): void;
  /** An address that it can post to, and one that it cannot. */
  webhook: string;
  unreachableWebhook: string;
  /** Today by its own calendar, `YYYY-MM-DD`. */
  today(): string;
  /** From now on nothing of it answers. */
  goAway(): Promise<void>;
  close(): Promise<void>;
}

const asPosted = (body: unknown) => ({ text: JSON.stringify(body) });

/** What every full provider does. `open` makes one for each test. */
export function itKeepsTheContract(open: () => Promise<ProviderInUse>): void {
  let used: ProviderInUse;
  beforeEach(async () => {
    used = await open();
  });
  afterEach(() => used.close());

  const parts = () => {
    const { lookup, events, lists, webhooks, ...rest } = used.provider;
    if (!lookup || !events || !lists || !webhooks) throw new Error('It is not a full provider.');
    return { ...rest, lookup, events, lists, webhooks };
  };
  const transport = () => {
    const found = used.provider.transports.find(({ name }) => name === used.transport);
    if (!found) throw new Error('It has no such transport.');
    return found;
  };
  const send = async (email: string) => {
    const envelope = anEnvelope({ stream: used.stream, to: { email } });
    const [outcome] = await transport().send([envelope], 60_000);
    return { envelope, outcome };
  };
  const handedAt = new Date();
  /** The event about an attempt, as it was posted; of a complaint, which comes after the delivery, the last. */
  const posted = async (attemptId: string) => {
    const all = (await used.bodies()).map(body => parts().events.read(asPosted(body), new Date()));
    const found = all.findLast(event => event.attemptId === attemptId);
    if (!found) throw new Error('No event about it was posted.');
    return found;
  };
  const listedBounces = async () => {
    const now = Date.now();
    const [from, to] = [new Date(now - 3_600_000), new Date(now + 60_000)];
    const events = [];
    for await (const page of parts().lists.bounces(used.stream, from, to)) events.push(...page.events);
    return events;
  };

  it('names itself and its transports', () => {
    const { key, name, transports, defaultRoutes } = used.provider;
    expect(key).to.match(/^[a-z][a-z0-9-]*$/);
    expect(name).not.to.equal('');
    const names = transports.map(one => one.name);
    expect(new Set(names).size).to.equal(names.length);
    for (const route of Object.values(defaultRoutes ?? {})) expect(names).to.include(route.transport);
  });

  it('limits a message to what can be sent at all', () => {
    const { forbiddenExtensions, ...sizes } = parts().limits ?? {};
    expect(Object.values(sizes)).to.satisfy((all: number[]) => all.every(one => one > 0));
    for (const extension of forbiddenExtensions ?? []) expect(extension).to.match(/^[a-z0-9]+$/);
  });

  it('has a place for the link to unsubscribe where a transport puts one', () => {
    const { transports, unsubscribePlaceholder = '' } = used.provider;
    if (transports.some(({ unsubscribes }) => unsubscribes)) expect(unsubscribePlaceholder).not.to.equal('');
  });

  it('takes mail, with an outcome for each in order, and tells its state by a check', async () => {
    const envelopes = [used.arrives, used.arrives, used.arrives].map(email =>
      anEnvelope({ stream: used.stream, to: { email } }),
    );
    const outcomes = await transport().send(envelopes, 60_000);
    expect(outcomes.map(({ kind }) => kind)).to.deep.equal(['accepted', 'accepted', 'accepted']);
    expect(await transport().check?.()).to.match(/\.$/);
  });

  it('starts nothing after its time', async () => {
    const [outcome] = await transport().send([anEnvelope({ stream: used.stream })], -1);
    expect(outcome).to.include({ kind: 'deferred', code: 'not-started' });
    expect(await used.bodies()).to.deep.equal([]);
  });

  it('finds an attempt that it accepted, and no other', async () => {
    const { envelope } = await send(used.arrives);
    await used.bodies();
    const ask = (id: string) => parts().lookup({ id, stream: used.stream, handedAt });
    expect(await ask(envelope.attemptId)).to.include({ kind: 'found' });
    expect(await ask('00000000-0000-7000-8000-000000000000')).to.deep.equal({ kind: 'absent' });
    await used.goAway();
    expect(await ask(envelope.attemptId)).to.include({ kind: 'unknown' });
  });

  it('posts what became of it, which is read as an event of the attempt', async () => {
    const { envelope } = await send(used.arrives);
    const event = await posted(envelope.attemptId);
    expect(event).to.deep.include({
      kind: 'delivered',
      stream: used.stream,
      recipient: used.arrives,
      suppresses: null,
    });
    expect(event.providerMessageId).to.be.a('string');
    expect(Math.abs(event.occurredAt.getTime() - Date.now())).to.be.below(60_000);
  });

  it('lists a bounce as the same fact that it posts, and describes it', async () => {
    const { envelope } = await send(used.bounces);
    const event = await posted(envelope.attemptId);
    expect(event).to.include({ kind: 'bounced', recipient: used.bounces });
    expect(event.suppresses).to.include({ active: true });
    expect(parts().events.describeBounce(String(event.details.type))?.means).to.match(/\.$/);
    expect(parts().events.describeBounce('no such type')).to.equal(null);
    const [listed, ...more] = await listedBounces();
    expect(more).to.deep.equal([]);
    expect(listed?.fact).to.equal(event.fact);
    expect(await parts().lists.attemptOf(listed?.providerMessageId ?? '')).to.equal(envelope.attemptId);
    expect(await parts().lists.attemptOf('00000000-0000-4000-8000-000000000000')).to.equal(null);
  });

  it('reads a body twice as one fact, keeps what is new, and refuses what is not its own', async () => {
    await send(used.arrives);
    const [body] = await used.bodies();
    const { events } = parts();
    const fact = events.read(asPosted(body), new Date()).fact;
    expect(events.read(asPosted(structuredClone(body)), new Date()).fact).to.equal(fact);
    for (const wrong of ['', '{', 'text'])
      expect(() => events.read({ text: wrong }, new Date())).to.throw(MalformedEvent);
    const strange = { ...(body as object), [used.kindField]: 'Weather' };
    expect(events.read(asPosted(strange), new Date())).to.include({ kind: 'other' });
  });

  it('lists whom it does not mail, and mails them again when it is asked', async () => {
    const { lists } = parts();
    used.list(used.stream, 'quiet@mail.example');
    const find = async () =>
      (await lists.suppressions(used.stream)).find(one => one.address.startsWith('quiet'));
    const listed = await find();
    if (!listed) throw new Error('It is not listed.');
    expect(lists.describeSuppression(listed)).to.be.a('string');
    const event = lists.suppression(used.stream, listed, listed.since);
    expect(event).to.deep.include({
      kind: 'suppressed',
      recipient: 'quiet@mail.example',
      stream: used.stream,
    });
    expect(event?.suppresses).to.deep.equal({ active: true, reason: listed.reason, origin: listed.origin });
    const back = lists.reactivation(used.stream, listed.address, new Date());
    expect(back.suppresses).to.include({ active: false });
    expect(await lists.reactivate(used.stream, listed.address)).to.deep.equal({ done: true });
    expect(await find()).to.equal(undefined);
  });

  it('says why a complaint stays, and lets a bounce be lifted', async () => {
    const [gone, angry] = [await send(used.bounces), await send(used.complains)];
    const { lists } = parts();
    const reasons = [await posted(gone.envelope.attemptId), await posted(angry.envelope.attemptId)];
    expect(reasons.map(({ kind }) => kind)).to.deep.equal(['bounced', 'complained']);
    const [bounced, complained] = reasons.map(({ suppresses }) => suppresses);
    if (!bounced || !complained) throw new Error('They suppress nobody.');
    expect(lists.cannotLift(bounced)).to.equal(null);
    expect(lists.cannotLift(complained)).to.match(/\.$/);
  });

  it('counts what it sent, by stream and day', async () => {
    await send(used.arrives);
    await send(used.bounces);
    await send(used.complains);
    await used.bodies();
    const counts = await parts().lists.counts(used.stream, used.today());
    expect(counts).to.deep.equal({ sent: 3, bounced: 1, complained: 1, refused: 0 });
  });

  it('names its streams, its own among them', async () => {
    expect(await parts().lists.streams()).to.include(used.stream);
  });

  it('sets up a webhook with everything that is needed, changes it, and refuses one that it cannot reach', async () => {
    const { webhooks } = parts();
    const settings = { id: null, stream: used.stream, url: used.webhook, user: 'one', password: 'secret-1' };
    expect(used.provider.transports.map(({ name }) => name)).to.include(webhooks.transport);
    const before = (await webhooks.list()).length;
    expect(await webhooks.save(settings)).to.deep.equal({ kind: 'done' });
    const made = (await webhooks.list()).filter(one => one.stream === used.stream && one.signsIn);
    const [first] = made;
    if (!first) throw new Error('It is not there.');
    expect(first).to.deep.include({ url: used.webhook, verified: true, events: webhooks.events });
    expect(await webhooks.save({ ...settings, id: first.id, password: 'secret-2' })).to.deep.equal({
      kind: 'done',
    });
    expect(await webhooks.list()).to.have.length(before + 1);
    const refused = await webhooks.save({ ...settings, url: used.unreachableWebhook });
    expect(refused).to.include({ kind: 'refused' });
    expect(await webhooks.list()).to.have.length(before + 1);
  });
}
