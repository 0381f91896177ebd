import { AssertionError } from 'node:assert';
import type { MailFacts } from './wanted.ts';

/** A file that a mail brought along. */
export interface SentAttachment {
  name: string;
  contentType: string;
  /** Without `cid:`; empty for one that is not inline. */
  contentId: string;
  content: Buffer;
}

/** One mail that a host sent, as its recipient finds it. */
export interface SentMail extends MailFacts {
  /** The provider's id of it. */
  id: string;
  /** The sender as header text. */
  from: string;
  headers: { Name: string; Value: string }[];
  attachments: SentAttachment[];
  /** `rest` for the API, `smtp` for SMTP. */
  via: 'rest' | 'smtp';
  sentAt: Date;
  /** Every link of it once, those of the HTML first. */
  links: string[];
  /** The first link that contains a text or matches. Throws an AssertionError that lists the links it has. */
  link(wanted?: string | RegExp): string;
  /**
   * The code in its text, by default the first four to eight digits that stand alone; of an expression with a group, what the
   * group holds. Throws an AssertionError that shows the text.
   */
  code(wanted?: RegExp): string;
}

/** Mail that was accepted and waits: for its time, its campaign, another attempt, or the worker. */
export interface QueuedMail extends MailFacts {
  messageId: string;
  state: 'queued' | 'held';
  /** Null while it is held. */
  dueAt: Date | null;
}

/** A mail with what can be asked about it. */
export function sentMail(facts: Omit<SentMail, 'links' | 'link' | 'code'>): SentMail {
  const links = linksOf(facts);
  return {
    ...facts,
    links,
    link: (wanted = '') => {
      const found = links.find(one =>
        typeof wanted === 'string' ? one.includes(wanted) : one.search(wanted) >= 0,
      );
      if (found !== undefined) return found;
      throw new AssertionError({
        message: `"${facts.subject}" has no link like ${wanted}. Its links:\n${links.map(one => `  ${one}`).join('\n')}`,
        operator: 'link',
      });
    },
    code: (wanted = /(?<![\w.,-])\d{4,8}(?![\w,-]|\.\d)/) => {
      const [whole, group] = wanted.exec(facts.text) ?? [];
      const found = group ?? whole;
      if (found !== undefined) return found;
      throw new AssertionError({
        message: `"${facts.subject}" has no code like ${wanted}. Its text:\n${facts.text}`,
        operator: 'code',
      });
    },
  };
}

/** Every link of a mail once: those of the HTML in their order, then those that only the text has. */
export function linksOf({ html, text }: Pick<MailFacts, 'html' | 'text'>): string[] {
  const inHtml = [...html.matchAll(/<a\b[^>]*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map(
    ([, double, single]) => decoded(double ?? single ?? ''),
  );
  const inText = [...text.matchAll(/https?:\/\/[^\s<>"'\])]+/g)].map(([link]) =>
    link.replace(/(?<![.,;:!?])[.,;:!?]+$/, ''),
  );
  return [...new Set([...inHtml, ...inText].filter(link => link !== ''))];
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(html: string): string {
  return html.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex || decimal) return String.fromCodePoint(Number.parseInt(hex ?? decimal, hex ? 16 : 10));
    return entities[name.toLowerCase()] ?? whole;
  });
}
