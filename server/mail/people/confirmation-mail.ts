import type { CallerTransaction } from '../../../db/host/transaction.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { findCategory } from '../routing/policy.ts';
import type { Send } from '../sending/accept.ts';
import { type RegisteredTopic, wordsFor } from '../topics/topic.ts';
import { confirmationDays } from './confirmations-store.ts';
import { signedToken } from './signed-links.ts';

/** The template of mail that asks to confirm a subscription. */
export const confirmationTemplate = 'confirm-subscription';

/** Sends the link by which a person confirms that they want a topic. */
export async function sendConfirmation(
  { links }: Pick<MailContext, 'links'>,
  send: Send,
  to: { address: string; topic: RegisteredTopic; linkId: string; locale: string | null },
  trx: CallerTransaction | undefined,
): Promise<void> {
  const { name, description } = wordsFor(to.topic, to.locale);
  const data = {
    topic: name,
    ...(description && { description }),
    confirmUrl: `${links.publicUrl}/confirm/${signedToken(links, 'confirm', to.linkId)}`,
    expiresInDays: confirmationDays,
  };
  await send(
    {
      template: confirmationTemplate,
      to: to.address,
      ...(to.locale !== null && { locale: to.locale }),
      data,
    },
    { trx },
  );
}

/** Throws `invalid-input` where such a mail could not be sent, and nobody could ever confirm. */
export async function refuseWithoutConfirmation(
  context: Pick<MailContext, 'links' | 'templates' | 'policy'>,
): Promise<void> {
  const missing = await whatIsMissing(context);
  if (missing) throw new MailError('invalid-input', `Double opt-in needs ${missing}.`, 'doubleOptIn');
}

async function whatIsMissing({
  links,
  templates,
  policy,
}: Pick<MailContext, 'links' | 'templates' | 'policy'>): Promise<string | null> {
  if (links.publicUrl === null) return 'publicUrl in the configuration, where the link leads';
  if (!(await templates.keys()).includes(confirmationTemplate))
    return `the template ${confirmationTemplate}: publish it first (\`postlane init\` writes one)`;
  const { category } = (await templates.published(confirmationTemplate)).content;
  const found = findCategory(policy, category);
  if (found?.lane === 'transactional' && found.essential) return null;
  return `a template ${confirmationTemplate} in a transactional category that is essential; ${category} is not`;
}
