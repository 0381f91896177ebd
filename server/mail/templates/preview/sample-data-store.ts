import type { Knex } from 'knex';
import type { Db } from '../../../../db/connect.ts';
import type { SampleDataRow } from '../../../../db/rows.ts';
import { utc } from '../../shared/time.ts';

/** Saved data to preview a template with. */
export type StoredSampleData = Pick<SampleDataRow, 'id' | 'name' | 'locale'> & {
  data: Record<string, unknown>;
};

/** The saved data of a template by name. */
export async function listSampleData(db: Db, template: string): Promise<StoredSampleData[]> {
  const rows = await db('postlane_sample_data')
    .select('id', 'name', 'locale', 'data')
    .where({ template })
    .orderBy('name');
  return rows.map(row => ({ ...row, data: JSON.parse(row.data) }));
}

/** Writes data under its name, in place of an earlier one; returns the id it then has. */
export async function writeSampleData(
  trx: Knex,
  { id, template, name, locale, data, by, at }: StoredSampleData & { template: string; by: string; at: Date },
): Promise<string> {
  const row = { locale, data: JSON.stringify(data), changed_by: by, changed_at: utc(at) };
  await trx('postlane_sample_data')
    .insert({ id, template, name, ...row })
    .onConflict(['template', 'name'])
    .merge(row);
  const stored = await trx('postlane_sample_data').select('id').where({ template, name }).first();
  return stored?.id ?? id;
}

/** Removes one; its name, or null when it was not there. */
export async function deleteSampleData(trx: Knex, template: string, id: string): Promise<string | null> {
  const row = await trx('postlane_sample_data').select('name').where({ template, id }).first().forUpdate();
  if (!row) return null;
  await trx('postlane_sample_data').where({ template, id }).delete();
  return row.name;
}

/** How many others a template has beside the one of this name. */
export async function countOtherSampleData(db: Knex, template: string, name: string): Promise<number> {
  const row = await db('postlane_sample_data')
    .where({ template })
    .whereNot({ name })
    .count({ count: '*' })
    .first();
  return Number(row?.count ?? 0);
}
