import { createHash } from 'node:crypto';
import type { MailContext } from '../context.ts';
import { unknownFacts } from '../events/events-store.ts';
import type { Provider } from '../providers/provider.ts';
import { withTimeout } from '../shared/time.ts';
import { isLearnt, markLearnt } from './learnt-store.ts';
import { receiveListed } from './reconcile-suppressions.ts';
import { noDifferences } from './reconciliations-store.ts';

/** A stream and the transport that its mail goes by. */
interface Road {
  stream: string;
  transport: string;
}

/** A page of mail waits no longer for a list, in ms; the list is read on behind it. */
const patienceMs = 5_000;
/** Between two tries, in ms. */
const pauseMs = 10_000;
const atOnce = 4;
const page = 500;

/**
 * Why mail of these streams has to wait, by stream: a server that was in use before has suppressions that nobody reported to
 * us, and all of them are learnt before the first mail leaves through it. Asks nobody once that is done.
 */
export async function notLearnt(context: MailContext, roads: readonly Road[]): Promise<Map<string, string>> {
  const waiting = new Map<string, string>();
  for (const { stream, transport } of roads) {
    if (context.learnt.ready.has(stream) || waiting.has(stream)) continue;
    const provider = keeperOf(context, transport);
    const reason =
      provider && (await withTimeout(learnt(context, provider, stream), patienceMs).catch(() => late));
    if (reason) waiting.set(stream, reason);
    else context.learnt.ready.add(stream);
  }
  return waiting;
}

const late = 'The list is still being read.';

/** Begins to learn every stream that mail may go by, so that the first mail finds it done. */
export function learnAtStart(context: MailContext): void {
  const routes = context.brands.all
    .flatMap(({ policy }) => Object.values(policy.categories))
    .flatMap(category => category.routes);
  for (const { stream, transport } of routes) {
    const provider = keeperOf(context, transport);
    if (provider) void learnt(context, provider, stream);
  }
}

/** Who keeps a list for mail by this transport; nobody where the host has put its own in its place. */
function keeperOf({ providers, transports }: MailContext, transport: string): Provider | undefined {
  const used = transports.get(transport);
  return providers.all.find(({ lists, transports: its }) => lists && its.some(one => one === used));
}

/** Null once a stream is learnt; never rejects. Callers at the same time share the work. */
function learnt(context: MailContext, provider: Provider, stream: string): Promise<string | null> {
  const { underWay } = context.learnt;
  const earlier = underWay.get(stream);
  if (earlier && !isPast(context, earlier.settledAt)) return earlier.answer;
  const answer = learnOnce(context, provider, stream).finally(() => {
    entry.settledAt = context.now();
  });
  const entry: { answer: typeof answer; settledAt: Date | null } = { answer, settledAt: null };
  underWay.set(stream, entry);
  return answer;
}

function isPast({ now }: MailContext, settledAt: Date | null): boolean {
  return settledAt !== null && now().getTime() - settledAt.getTime() >= pauseMs;
}

async function learnOnce(context: MailContext, provider: Provider, stream: string): Promise<string | null> {
  const { db, log, now } = context;
  const tokenHash = createHash('sha256')
    .update(provider.server?.token ?? '')
    .digest('hex');
  const mark = { provider: provider.key, tokenHash, stream };
  try {
    if (await isLearnt(db, mark)) return null;
    await learnAll(context, provider, stream);
    await markLearnt(db, mark, now());
    return null;
  } catch (err) {
    log.warn({ err, stream, provider: provider.key }, 'the suppressions of a stream could not be read');
    return `${provider.name} did not give its list of suppressions: ${(err as Error).message}`;
  }
}

async function learnAll(context: MailContext, { key, lists }: Provider, stream: string): Promise<void> {
  if (!lists) return;
  const listed = await lists.suppressions(stream);
  for (let i = 0; i < listed.length; i += page) {
    const events = listed.slice(i, i + page).flatMap(one => lists.suppression(stream, one, one.since) ?? []);
    const unknown = await unknownFacts(context.db, key, events);
    for (let j = 0; j < unknown.length; j += atOnce)
      await Promise.all(
        unknown.slice(j, j + atOnce).map(event => receiveListed(context, key, event, noDifferences())),
      );
  }
}
