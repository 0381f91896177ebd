import fc from 'fast-check';
import type { Part } from '../part.ts';
import { strangeText } from '../support/values.ts';

interface List {
  text: string;
  query: string;
}

/** Lists of recipients as files: columns of all kinds, quotes that are not closed, other encodings. */
export const csv: Part<List> = {
  name: 'csv',
  share: 12,
  inputs() {
    const header = fc.oneof(
      fc.constantFrom(
        'email',
        'Email',
        'name',
        'issue',
        'data.intro',
        'data.articles',
        '',
        'e-mail',
        '__proto__',
      ),
      strangeText,
    );
    const plain = fc.constantFrom(
      'ada@mail.example',
      'bob@mail.example',
      'Ada',
      'Bob, B.',
      '',
      '12',
      'true',
      ' ',
    );
    const cell = fc.oneof(
      { weight: 6, arbitrary: plain },
      { weight: 2, arbitrary: strangeText.map(text => text.slice(0, 400)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('"', '"open', 'a"b', '""', '"two\nlines"', '\ufffd', '\ufeff'),
      },
    );
    const written = fc
      .tuple(cell, fc.boolean())
      .map(([text, quoted]) => (quoted ? `"${text.replaceAll('"', '""')}"` : text));
    const line = fc.array(written, { maxLength: 5 });
    const text = fc
      .record({
        headers: fc.oneof(
          { weight: 4, arbitrary: fc.array(header, { maxLength: 4 }).map(more => ['email', ...more]) },
          { weight: 1, arbitrary: fc.array(header, { maxLength: 5 }) },
        ),
        lines: fc.array(line, { maxLength: 12 }),
        between: fc.constantFrom(',', ';', '\t'),
        end: fc.constantFrom('\n', '\r\n', '\r'),
        mark: fc.constantFrom('', '\ufeff'),
        times: fc.oneof({ weight: 20, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(100) }),
      })
      .map(({ headers, lines, between, end, mark, times }) => {
        const all = Array.from({ length: times }, () => lines).flat();
        return mark + [headers, ...all].map(cells => cells.join(between)).join(end);
      });
    const columns = fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: strangeText },
      {
        weight: 1,
        arbitrary: fc
          .dictionary(header, fc.constantFrom('email', 'name', 'data.issue', 'data.', 'x'))
          .map(all => JSON.stringify(all)),
      },
    );
    return fc.record({
      text,
      query: fc
        .record({
          faulty: fc.constantFrom('take', 'refuse', 'x'),
          columns,
          progress: fc.constantFrom('', 'yes'),
        })
        .map(fields => new URLSearchParams(fields).toString()),
    });
  },
  async attempt({ http, ids, browser }, { text, query }) {
    const { cookie, token } = await browser('editor');
    const headers = { cookie, 'x-csrf-token': token, 'content-type': 'text/csv' };
    await http.ask({
      method: 'POST',
      path: `/campaigns/${ids.draft}/recipients?${query}`,
      headers,
      body: text,
    });
  },
};
