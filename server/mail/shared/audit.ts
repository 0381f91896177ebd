import Joi from 'joi';
import type { CallerTransaction } from '../../../db/host/transaction.ts';
import type { MailContext } from '../context.ts';
import {
  type AuditEntry,
  type AuditFilter,
  type AuditPage,
  type Change,
  listAudit,
  listAuditActions,
  readAuditEntry,
  recordChange,
} from './audit-store.ts';
import { within } from './change.ts';
import { argument, type Rules, withCheckedInput } from './input.ts';
import { timestampSchema } from './joi.ts';
import { idSchema, jsonValueSchema, limitSchema, transactionFields, wordSchema } from './schemas.ts';

/** Who changed what: `mail.audit`. Flows write their own entries. */
export interface Audit {
  /** Changes that match, newest first, without what was before and after. */
  list(filter?: AuditFilter | undefined): Promise<AuditPage>;
  /** One change with before and after; null when there is none. */
  get(id: string): Promise<AuditEntry | null>;
  /** Every action that was ever recorded, sorted. */
  actions(): Promise<string[]>;
  /** Records a change that others make, the admin app's, in their transaction where one is given. */
  record(
    change: Omit<Change, 'at'> & { at?: Date | undefined },
    options?: { trx?: CallerTransaction | undefined } | undefined,
  ): Promise<void>;
}

const text = Joi.string().allow('').max(1000);
const action = wordSchema.allow('');
const entrySchema = Joi.object({
  by: text.required(),
  action: action.required(),
  subject: text.required(),
  before: jsonValueSchema,
  after: jsonValueSchema,
  at: timestampSchema,
}).required();
const rules: Rules<Audit> = {
  list: [
    argument(
      'filter',
      Joi.object({ by: text, action, subject: text, cursor: idSchema.optional(), limit: limitSchema }),
    ),
  ],
  get: [argument('id', idSchema)],
  actions: [],
  record: [argument('change', entrySchema), argument('options', Joi.object(transactionFields))],
};

/** See {@link Audit}. */
export function createAudit({ db, now }: MailContext): Audit {
  const audit: Audit = {
    list: (filter = {}) => listAudit(db, filter),
    get: id => readAuditEntry(db, id),
    actions: () => listAuditActions(db),
    async record({ at = now(), ...change }, { trx: caller } = {}) {
      await within(db, caller, trx => recordChange(trx, { ...change, at }));
    },
  };
  return withCheckedInput(audit, rules);
}
