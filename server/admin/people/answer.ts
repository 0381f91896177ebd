import type { MailAnswer, PersonView } from '../../mail/index.ts';
import { reasonLabel } from '../messages/reason-labels.ts';
import type { ProviderWords } from '../suppressions/labels.ts';

/** Whether a person gets mail from us, and if not, why. */
export interface Answer {
  /** For its colour. */
  state: 'delivered' | 'warning' | 'failed';
  text: string;
  /** Why which categories are stopped, the reason that stops most first. */
  stopped: { reason: string; categories: string[] }[];
}

/** The answer to the first question of a support agent. */
export function answerOf(words: ProviderWords, { mail, known }: PersonView): Answer {
  const stopped = mail.filter(({ decision }) => decision.kind !== 'send');
  return { ...verdictOf(mail.length, stopped.length, known), stopped: byReason(words, stopped) };
}

function verdictOf(all: number, stopped: number, known: boolean): Pick<Answer, 'state' | 'text'> {
  if (stopped === 0) {
    const text = known
      ? 'Yes. Nothing stands against mail to this address.'
      : 'Nothing is known about this address: it was never mailed, and nobody refused mail for it.';
    return { state: 'delivered', text };
  }
  if (stopped === all) return { state: 'failed', text: 'No. No mail of any kind goes to this address.' };
  return {
    state: 'warning',
    text: `In part. ${stopped} of ${all} kinds of mail are not sent to this address.`,
  };
}

function byReason(words: ProviderWords, stopped: readonly MailAnswer[]): Answer['stopped'] {
  const groups = new Map<string, string[]>();
  for (const { category, decision } of stopped) {
    const reason = decision.kind === 'send' ? '' : reasonLabel(words, decision.reason);
    groups.set(reason, [...(groups.get(reason) ?? []), category]);
  }
  return [...groups]
    .map(([reason, categories]) => ({ reason, categories }))
    .sort((a, b) => b.categories.length - a.categories.length);
}
