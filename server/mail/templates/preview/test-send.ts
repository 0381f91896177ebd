import { v7 as newId } from 'uuid';
import { strongestStop } from '../../people/suppression.ts';
import { activeSuppressions } from '../../people/suppressions-store.ts';
import { type Envelope, envelopeOf, type Outcome, testTag } from '../../providers/transport.ts';
import { deadLinks } from '../../routing/mail-links.ts';
import { chooseRoute, findCategory, type Policy, type Route, senderOf } from '../../routing/policy.ts';
import { addressKey, readMailbox } from '../../shared/address.ts';
import { listAudit, recordChange } from '../../shared/audit-store.ts';
import { addMs, hourMs } from '../../shared/time.ts';
import { inTransaction } from '../../shared/transaction.ts';
import type { TemplatesContext } from '../context.ts';
import { issueText } from '../issue.ts';
import type { TemplateContent } from '../language/template.ts';
import { chooseData, type DataChoice } from './preview-data.ts';
import { renderSafely } from './render-pool.ts';
import { lockTestSender } from './test-sends-store.ts';

/** A test of a template, to one address. */
export interface TestSend extends DataChoice {
  to: string;
  /** Who sends it. */
  by: string;
  locale?: string | null;
}

/**
 * What became of it. `unknown`: it may have arrived. `refused`: it was not sent. `limited`: this person has sent as
 * many as an hour allows; `retryAfterMs` says how long to wait.
 */
export type TestResult =
  | { kind: 'sent'; subject: string }
  | { kind: 'unknown' | 'refused'; reason: string }
  | { kind: 'limited'; retryAfterMs: number };

/** Tests that one person may send within an hour. */
export const testsPerHour = 30;

const action = 'template.test';
const startWithinMs = 10_000;

/**
 * Sends content to one address, marked as a test. It is no message of the ledger, so nothing counts it, and the links
 * to unsubscribe and to preferences in it lead nowhere. Throws `invalid-address`, or `invalid-input` when its data is not there.
 */
export async function sendTest(
  context: TemplatesContext,
  content: TemplateContent,
  test: TestSend,
): Promise<TestResult> {
  const to = readMailbox(test.to, 'to');
  const { stream, transport: name } = testRoute(context.policy, content.category, addressKey(to.email));
  const transport = context.transports.get(name);
  if (!transport) return refused(`There is no transport named ${name}.`);
  const address = addressKey(to.email);
  const at = context.now();
  const suppressed = await activeSuppressions(context.db, [address], at);
  // No mail to its readers, whatever its category: what counts is the stream that it goes by.
  const kind = { stream, category: content.category, topic: null, bulk: false, essential: true, streams: [] };
  if (strongestStop(suppressed.get(address) ?? [], kind, at))
    return refused(`This address is suppressed on the stream ${stream}.`);

  const chosen = await chooseData(context, content, test);
  const rendered = await renderSafely(context.renderPool, content, chosen.data, {
    locale: test.locale ?? chosen.locale,
    ...deadLinks(context),
  });
  if (!rendered.ok) return refused(issueText(rendered.problem));

  const envelope = envelopeOf(
    {
      ...{ attemptId: newId(), stream, to, from: senderOf(context.policy, content.category) },
      headers: { 'X-Postlane-Test': 'yes' },
      metadata: { [testTag]: 'yes' },
      tag: testTag,
    },
    { ...rendered.value, subject: `[Test] ${rendered.value.subject}` },
  );
  const retryAfterMs = await count(context, content.key, test.by, envelope);
  if (retryAfterMs > 0) return { kind: 'limited', retryAfterMs };
  const [outcome] = await transport.send([envelope], startWithinMs);
  return resultOf(outcome, envelope.subject);
}

/**
 * The route of a test of a category. On a bulk stream the provider adds its own way to unsubscribe, which works; a
 * test's must not, so it takes the road of transactional mail where there is one.
 */
function testRoute(policy: Policy, category: string, address: string): Route {
  const transactional = Object.entries(policy.categories).find(([, { lane }]) => lane === 'transactional');
  const isBulk = findCategory(policy, category)?.lane === 'bulk';
  const taken = isBulk && transactional ? transactional[0] : category;
  return { ...chooseRoute(policy, taken, address), category };
}

function refused(reason: string): TestResult {
  return { kind: 'refused', reason };
}

/**
 * Counts a test before it leaves, by the audit log, so that none goes out unseen; the attempt's id is what the provider's
 * events carry. How long this person has to wait for it instead, in ms, where an hour's tests are sent; else 0. One after
 * another: of many at once each sees those before it.
 */
function count(
  { db, now }: TemplatesContext,
  template: string,
  person: string,
  { attemptId, to, stream }: Envelope,
): Promise<number> {
  // As the audit log keeps it.
  const by = person.slice(0, 200);
  return inTransaction(db, async trx => {
    await lockTestSender(trx, by);
    const at = now();
    const { entries } = await listAudit(trx, { by, action, limit: testsPerHour });
    const oldest = entries.length === testsPerHour ? entries.at(-1) : undefined;
    const waitMs = oldest ? addMs(oldest.at, hourMs).getTime() - at.getTime() : 0;
    if (waitMs > 0) return waitMs;
    const after = { to: to.email, stream, attemptId };
    await recordChange(trx, { by, action, subject: `template:${template}`, before: null, after, at });
    return 0;
  });
}

function resultOf(outcome: Outcome | undefined, subject: string): TestResult {
  switch (outcome?.kind) {
    case 'accepted':
      return outcome.inactive?.length
        ? refused('The provider does not mail this address: it is suppressed there.')
        : { kind: 'sent', subject };
    case 'rejected':
    case 'deferred':
      return refused(outcome.answer);
    default:
      return { kind: 'unknown', reason: outcome?.answer ?? 'The transport gave no outcome.' };
  }
}
