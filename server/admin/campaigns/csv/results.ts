import { Readable } from 'node:stream';
import type { CampaignResult } from '../../../mail/index.ts';

const columns: readonly (readonly [header: string, value: (result: CampaignResult) => string])[] = [
  ['email', result => result.recipient],
  ['name', result => result.recipientName ?? ''],
  ['state', result => result.state],
  ['reason', result => result.reason ?? ''],
  ['sent', result => moment(result.sentAt)],
  ['delivered', result => moment(result.deliveredAt)],
  ['opened', result => moment(result.openedAt)],
  ['clicked', result => moment(result.clickedAt)],
  ['message', result => result.messageId],
];

/** Results as CSV, as they are read. Times are ISO 8601 in UTC. */
export function resultsCsv(results: AsyncIterable<CampaignResult>): Readable {
  return Readable.from(lines(results));
}

async function* lines(results: AsyncIterable<CampaignResult>): AsyncGenerator<string> {
  yield `\ufeff${columns.map(([header]) => header).join(',')}\r\n`;
  let page = '';
  for await (const result of results) {
    page += `${columns.map(([, value]) => cell(value(result))).join(',')}\r\n`;
    if (page.length < 64 * 1024) continue;
    yield page;
    page = '';
  }
  yield page;
}

/** Quoted where it has to be. What a spreadsheet would take for a formula gets an apostrophe before it. */
export function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /["\r\n,;]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function moment(at: Date | null): string {
  return at?.toISOString() ?? '';
}
