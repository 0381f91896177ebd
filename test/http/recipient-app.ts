import express, { type Express } from 'express';
import { pino } from 'pino';
import { publicRouter } from '../../server/app.ts';
import type { Mail } from '../../server/mail/index.ts';
import { signedToken } from '../../server/mail/people/signed-links.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { accept, createScriptedTransport } from '../support/scripted-transport.ts';

const secretKeys = ['a key of the tests, 32 characters or more'];
const links = { publicUrl: 'https://shop.example/mail', secretKeys };

/** A host with the public routes, and mail whose links lead there. */
export interface RecipientApp {
  mail: Mail;
  app: Express;
  /** Everything that was logged, a line each. */
  logged: string[];
  /** A message of a kind to somebody, and the token of its links. */
  mailTo(address: string, more?: { topic?: string; locale?: string; template?: string }): Promise<Link>;
  tokenOf(id: string): string;
  close(): Promise<void>;
}

/** A message, and its pages in the app. */
export interface Link {
  id: string;
  unsubscribe: string;
  preferences: string;
}

/** Opens it on the emptied test database, with a register of topics in two languages. */
export async function openRecipientApp(): Promise<RecipientApp> {
  const logged: string[] = [];
  const transports = ['postmark-api', 'postmark-smtp'].map(name => createScriptedTransport(name, accept));
  const mail = await openMail({
    ...{ transports, ...links },
    logger: pino({ level: 'trace' }, { write: line => void logged.push(line) }),
  });
  const nl = { name: 'Het nieuws', description: 'Elke maand.' };
  await mail.topics.save('newsletter', {
    ...{ name: 'The "News" & <more>', description: 'Once a month.', order: 1, translations: { nl } },
  });
  await mail.topics.save('announcement', { name: 'Announcements', order: 2 });
  await mail.topics.save('club', { name: 'Club', shown: false, doubleOptIn: true, consent: 'opt-in' });
  const app = express();
  app.use('/mail', publicRouter(mail));
  const tokenOf = (id: string) => signedToken(links, 'recipient', id);
  return {
    ...{ mail, app, logged, tokenOf },
    async mailTo(address, { template = 'newsletter', ...more } = {}) {
      const data = template === 'newsletter' ? newsletterData : await sampleOf(template);
      const { id } = await mail.send({ template, to: address, data, ...more });
      const token = tokenOf(id);
      return { id, unsubscribe: `/mail/unsubscribe/${token}`, preferences: `/mail/preferences/${token}` };
    },
    close: () => mail.close(),
  };

  async function sampleOf(key: string) {
    const view = await mail.templates.get({ kind: 'template', key });
    const content = view?.published?.source.content as { sample?: Record<string, unknown> } | undefined;
    return content?.sample ?? {};
  }
}

/** What the database holds that a page could change. */
export async function whatIsKept(): Promise<unknown[]> {
  const db = testDatabase();
  const tables = ['consents', 'consent_changes', 'suppressions', 'suppression_changes', 'messages'];
  return Promise.all(tables.map(table => db(`postlane_${table}`).select()));
}
