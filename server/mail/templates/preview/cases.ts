import { v7 as newId } from 'uuid';
import { MailError } from '../../error.ts';
import { recordChange } from '../../shared/audit-store.ts';
import { inTransaction } from '../../shared/transaction.ts';
import type { TemplatesContext } from '../context.ts';
import { canonicalLocale } from '../language/locales.ts';
import type { TemplateContent } from '../language/template.ts';
import { sampleCases } from './sample-cases.ts';
import { countOtherCases, deleteCase, listCases, writeCase } from './sample-data-store.ts';

/** Data to preview a template with. */
export interface PreviewCase {
  /** Of a generated case, `generated:` and its name. */
  id: string;
  name: string;
  locale: string | null;
  data: Record<string, unknown>;
  /** Made from the contract and the sample, not saved. */
  generated: boolean;
}

/** What is saved of a case. `name` has at most 100 characters, `data` at most 100 kB as JSON. */
export interface SavedCase {
  name: string;
  locale: string | null;
  data: Record<string, unknown>;
}

/** The preview cases of each template. */
export interface PreviewCases {
  /** The saved ones by name, then those generated for this content. */
  list(content: TemplateContent): Promise<PreviewCase[]>;
  /** Saves one under its name, in place of an earlier one of that name; returns its id. Throws `invalid-input`. */
  save(template: string, input: SavedCase, by: string): Promise<string>;
  /** True when it was there. */
  remove(template: string, id: string, by: string): Promise<boolean>;
}

const most = { name: 100, dataBytes: 100_000, cases: 100 };

/** See {@link PreviewCases}. */
export function createPreviewCases({ db, now }: TemplatesContext): PreviewCases {
  return {
    async list(content) {
      const saved = await listCases(db, content.key);
      const generated = sampleCases(content).map(one => ({ ...one, id: `generated:${one.name}` }));
      return [
        ...saved.map(one => ({ ...one, generated: false })),
        ...generated.map(one => ({ ...one, generated: true })),
      ];
    },

    async save(template, input, by) {
      const checked = checkCase(input);
      return inTransaction(db, async trx => {
        if ((await countOtherCases(trx, template, checked.name)) >= most.cases)
          throw new MailError('invalid-input', `A template has at most ${most.cases} cases.`, 'name');
        const id = await writeCase(trx, { id: newId(), template, ...checked, by, at: now() });
        // Without the data: it may be somebody's own, and the audit log is kept for longer than that may be.
        const after = { name: checked.name, locale: checked.locale };
        await recordChange(trx, {
          by,
          action: 'template.case-save',
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
        const name = await deleteCase(trx, template, id);
        if (name === null) return false;
        await recordChange(trx, {
          by,
          action: 'template.case-remove',
          subject: `template:${template}`,
          before: { name },
          after: null,
          at: now(),
        });
        return true;
      }),
  };
}

function checkCase({ name, locale, data }: SavedCase): SavedCase {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > most.name)
    throw new MailError('invalid-input', `Give the case a name of at most ${most.name} characters.`, 'name');
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new MailError('invalid-input', 'The data of a case is an object.', 'data');
  if (Buffer.byteLength(JSON.stringify(data)) > most.dataBytes)
    throw new MailError(
      'invalid-input',
      `The data of a case has at most ${most.dataBytes / 1000} kB.`,
      'data',
    );
  return { name: trimmed, locale: locale === null ? null : canonicalLocale(locale), data };
}
