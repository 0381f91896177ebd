import type { Suppression } from '../../../mail/index.ts';
import { cell } from '../../campaigns/csv/results.ts';

const columns: readonly (readonly [header: string, value: (one: Suppression) => string])[] = [
  ['address', one => one.address],
  ['scope', one => one.scope],
  ['topic', one => one.topic],
  ['stream', one => one.stream],
  ['class', one => one.class],
  ['source', one => one.source],
  ['reason', one => one.reason],
  ['since', one => one.changedAt.toISOString()],
  ['expires', one => one.expiresAt?.toISOString() ?? ''],
  ['note', one => one.note ?? ''],
];

/** Suppressions as CSV, as they are read. Times are ISO 8601 in UTC; `onRow` is called for each. */
export async function* suppressionsCsv(
  all: AsyncIterable<Suppression>,
  onRow: () => void = () => {},
): AsyncGenerator<string> {
  yield `\ufeff${columns.map(([header]) => header).join(',')}\r\n`;
  let page = '';
  for await (const one of all) {
    page += `${columns.map(([, value]) => cell(value(one))).join(',')}\r\n`;
    onRow();
    if (page.length < 64 * 1024) continue;
    yield page;
    page = '';
  }
  yield page;
}
