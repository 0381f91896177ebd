import { ATTEMPT_KEY, type CapturedMessage, type Sandbox } from '../../../test/sandbox/index.ts';
import { type Mail, MailError, type MessageView } from '../../mail/index.ts';
import { type QueuedMail, type SentMail, sentMail } from '../sent-mail.ts';
import { asksLedger, type Wanted } from '../wanted.ts';
import type { Ledger } from './ledger.ts';

/** What the local Postmark took, oldest first, with what the ledger knows of it. */
export async function readSent(
  sandbox: Sandbox,
  ledger: Pick<Ledger, 'isKnown' | 'own'>,
  wanted: Wanted<SentMail>,
): Promise<SentMail[]> {
  const mail = ledger.isKnown() || asksLedger(wanted) ? await ledger.own() : null;
  return Promise.all(sandbox.messages.all().map(message => read(sandbox, message, mail)));
}

async function read(sandbox: Sandbox, message: CapturedMessage, mail: Mail | null): Promise<SentMail> {
  const { [ATTEMPT_KEY]: attemptId, ...metadata } = message.metadata;
  const [content, view] = await Promise.all([
    sandbox.content(message.id),
    mail && attemptId ? viewOf(mail, attemptId) : null,
  ]);
  return sentMail({
    id: message.id,
    ...ours(view),
    from: message.from,
    recipients: message.recipients,
    subject: message.subject,
    html: content?.html ?? '',
    text: content?.text ?? '',
    headers: content?.headers ?? [],
    attachments: content?.attachments ?? [],
    stream: message.stream,
    tag: message.tag,
    metadata,
    via: message.via,
    sentAt: new Date(message.receivedAt),
  });
}

async function viewOf(mail: Mail, attemptId: string): Promise<MessageView | null> {
  const [id] = await mail.messages.named(attemptId);
  return id === undefined ? null : mail.messages.get(id);
}

function ours(view: MessageView | null) {
  return {
    messageId: view?.id ?? null,
    template: view?.template ?? null,
    category: view?.category ?? null,
    campaignId: view?.campaignId ?? null,
  };
}

const most = 500;

/** What waits in the ledger, oldest first; of confidential mail without what it says. */
export async function readQueued(mail: Mail): Promise<QueuedMail[]> {
  const pages = await Promise.all(
    (['queued', 'held'] as const).map(state => mail.messages.find({ state, limit: most })),
  );
  const views = pages.flatMap(({ messages }) => messages).sort((a, b) => (a.id < b.id ? -1 : 1));
  return Promise.all(views.map(view => queuedMail(mail, view)));
}

async function queuedMail(mail: Mail, view: MessageView): Promise<QueuedMail> {
  const [rendered, content] = await Promise.all([
    unlessConfidential(mail.messages.preview(view.id)),
    unlessConfidential(mail.messages.content(view.id)),
  ]);
  const copies = content ? [...content.to, ...content.cc, ...content.bcc].map(({ email }) => email) : [];
  return {
    ...ours(view),
    messageId: view.id,
    state: view.state === 'held' ? 'held' : 'queued',
    dueAt: view.dueAt,
    recipients: [...new Set([view.recipient, ...copies.map(email => email.toLowerCase())])],
    subject: rendered?.subject ?? '',
    html: rendered?.html ?? '',
    text: rendered?.text ?? '',
    stream: view.stream,
    tag: view.tag ?? '',
    metadata: view.metadata,
  };
}

async function unlessConfidential<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof MailError && error.code === 'confidential') return null;
    throw error;
  }
}
