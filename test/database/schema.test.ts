import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { columns } from '../../db/columns.ts';
import { rowTypes, tableTypes } from '../../db/row-types.ts';
import type { AttemptsRow, MessagesRow } from '../../db/rows.ts';
import { readSchema } from '../../db/schema.ts';
import { testDatabase } from '../support/database.ts';

describe('the tables in writing', () => {
  const written = (name: string) => readFileSync(new URL(`../../db/${name}`, import.meta.url), 'utf8');

  it('are those that the migrations make, whichever the engine: else run "npm run schema"', async () => {
    expect(await readSchema(testDatabase())).to.equal(written('schema.sql'));
  });

  it('have the types of their rows from there', () => {
    // The formatter may break a line where a union is long.
    const unbroken = (text: string) => text.replace(/\s*\n\s*(?:\| )?/g, ' ').replace(/(?<=<) | (?=>)/g, '');
    expect(unbroken(written('rows.ts'))).to.equal(unbroken(rowTypes(written('schema.sql'))));
    expect(unbroken(written('tables.ts'))).to.equal(unbroken(tableTypes(written('schema.sql'))));
  });

  it('let no column be misspelt', async () => {
    const db = testDatabase();
    await db.transaction(async trx => {
      await trx('postlane_messages').where({ state: 'sent' }).limit(1);
      // @ts-expect-error: no such column
      const query = trx('postlane_messages').where({ stat: 'sent' }).limit(1);
      expect(
        await query.then(
          () => 'found',
          error => error.errno,
        ),
      ).to.equal(1054);
    });
    // @ts-expect-error: no such column
    columns<MessagesRow>()('m', ['stat']);
    // @ts-expect-error: no such column
    columns<MessagesRow>()('m', [], { state: 'stat' });
  });
});

describe('columns', () => {
  const attempt = columns<AttemptsRow>()('a', ['id', 'providerMessageId'], { sentAt: 'handedAt' });

  it('names each once, for knex and for a statement', () => {
    expect(attempt.aliases).to.deep.equal({
      id: 'a.id',
      providerMessageId: 'a.provider_message_id',
      sentAt: 'a.handed_at',
    });
    expect(attempt.sql).to.equal(
      'a.id AS id, a.provider_message_id AS providerMessageId, a.handed_at AS sentAt',
    );
  });
});
