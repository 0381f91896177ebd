import type { Mail } from '../../mail/index.ts';
import { withNames } from '../audit/names.ts';

/** One line of a message's story; `copyOf` is the message it was copied from. */
export interface StoryLine {
  at: Date;
  what: string;
  detail: string;
  copyOf?: string;
}

const deeds: Readonly<Record<string, string>> = {
  'message.resend': 'copied',
  'message.cancel': 'cancelled',
  'message.retry': 'tried-again',
};

/** What happened to a message by itself and by the hand of operators, in order. */
export async function storyOf(mail: Mail, id: string): Promise<StoryLine[]> {
  const [timeline, { entries }] = await Promise.all([
    mail.messages.timeline(id),
    mail.audit.list({ subject: `message:${id}` }),
  ]);
  const named = await withNames(mail, entries);
  const done = named.map(async ({ id: entry, at, action, name }): Promise<StoryLine> => {
    const line = { at, what: deeds[action] ?? action, detail: `by ${name}` };
    return action === 'message.resend' ? { ...line, ...(await originalIn(mail, entry)) } : line;
  });
  return [...timeline, ...(await Promise.all(done))].sort((a, b) => a.at.getTime() - b.at.getTime());
}

async function originalIn(mail: Mail, entry: string): Promise<{ copyOf?: string }> {
  const { copyOf } = ((await mail.audit.get(entry))?.after ?? {}) as { copyOf?: unknown };
  return typeof copyOf === 'string' ? { copyOf } : {};
}
