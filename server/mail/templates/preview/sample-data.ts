import { v7 as newId } from 'uuid';
import { MailError } from '../../error.ts';
import { recordChange } from '../../shared/audit-store.ts';
import { inTransaction } from '../../shared/transaction.ts';
import type { TemplatesContext } from '../context.ts';
import { canonicalLocale } from '../language/source.ts';
import type { TemplateContent } from '../language/template.ts';
import { generatedSamples } from './generated-samples.ts';
import {
  countOtherSampleData,
  deleteSampleData,
  listSampleData,
  writeSampleData,
} from './sample-data-store.ts';

/** Data to preview a template with. */
export interface SampleData {
  /** Of generated data, `generated:` and its name. */
  id: string;
  name: string;
  locale: string | null;
  data: Record<string, unknown>;
  /** Made from the contract and the sample, not saved. */
  generated: boolean;
}

/** What is saved of it. `name` has at most 100 characters, `data` at most 100 kB as JSON. */
export interface SampleDataInput {
  name: string;
  locale: string | null;
  data: Record<string, unknown>;
}

/** The sample data of each template, beside the sample in its contract. */
export interface SampleDataSets {
  /** The saved ones by name, then those generated for this content. */
  list(content: TemplateContent): Promise<SampleData[]>;
  /** Saves one under its name, in place of an earlier one of that name; returns its id. Throws `invalid-input`. */
  save(template: string, input: SampleDataInput, by: string): Promise<string>;
  /** True when it was there. */
  remove(template: string, id: string, by: string): Promise<boolean>;
}

const most = { name: 100, dataBytes: 100_000, perTemplate: 100 };

/** See {@link SampleDataSets}. */
export function createSampleData({ db, now }: TemplatesContext): SampleDataSets {
  return {
    async list(content) {
      const saved = await listSampleData(db, content.key);
      const generated = generatedSamples(content).map(one => ({ ...one, id: `generated:${one.name}` }));
      return [
        ...saved.map(one => ({ ...one, generated: false })),
        ...generated.map(one => ({ ...one, generated: true })),
      ];
    },

    async save(template, input, by) {
      const checked = checkInput(input);
      return inTransaction(db, async trx => {
        if ((await countOtherSampleData(trx, template, checked.name)) >= most.perTemplate)
          throw new MailError(
            'invalid-input',
            `A template has at most ${most.perTemplate} sets of sample data.`,
            'name',
          );
        const id = await writeSampleData(trx, { id: newId(), template, ...checked, by, at: now() });
        // Without the data: it may be somebody's own, and the audit log is kept for longer than that may be.
        const after = { name: checked.name, locale: checked.locale };
        await recordChange(trx, {
          by,
          action: 'template.sample-data-save',
          subject: `template:${template}`,
          before: null,
          after,
          at: now(),
        });
        return id;
      });
    },

    remove: (template, id, by) =>
      inTransaction(db, async trx => {
        const name = await deleteSampleData(trx, template, id);
        if (name === null) return false;
        await recordChange(trx, {
          by,
          action: 'template.sample-data-remove',
          subject: `template:${template}`,
          before: { name },
          after: null,
          at: now(),
        });
        return true;
      }),
  };
}

function checkInput({ name, locale, data }: SampleDataInput): SampleDataInput {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > most.name)
    throw new MailError(
      'invalid-input',
      `Give the sample data a name of at most ${most.name} characters.`,
      'name',
    );
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new MailError('invalid-input', 'Sample data is an object.', 'data');
  if (Buffer.byteLength(JSON.stringify(data)) > most.dataBytes)
    throw new MailError('invalid-input', `Sample data has at most ${most.dataBytes / 1000} kB.`, 'data');
  return { name: trimmed, locale: locale === null ? null : canonicalLocale(locale), data };
}
