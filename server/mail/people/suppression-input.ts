import Joi from 'joi';
import { MailError } from '../error.ts';
import { addressKey, readMailbox } from '../shared/address.ts';
import type { ChangeOptions } from '../shared/change.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { timestampSchema } from '../shared/joi.ts';
import {
  actorFields,
  addressSchema,
  changeSchema,
  limitSchema,
  manySchema,
  noteSchema,
  signalSchema,
  topicSchema,
  wordSchema,
} from '../shared/schemas.ts';
import type { Lifted, NewSuppression, SuppressionEvidence, Suppressions, SuppressionTarget } from './api.ts';
import { suppressionScopes } from './suppression.ts';
import type { OwnEntry } from './suppression-changes-store.ts';

/** The functions of {@link Suppressions}, each in its one form. */
export interface SuppressionFunctions
  extends Pick<Suppressions, 'list' | 'page' | 'history' | 'export' | 'import'> {
  evidence(target: SuppressionTarget): Promise<SuppressionEvidence | null>;
  add(suppression: NewSuppression, options?: ChangeOptions): Promise<boolean>;
  lift(target: SuppressionTarget, note: string, options?: ChangeOptions): Promise<Lifted>;
}

const filterFields = { stream: wordSchema, limit: limitSchema };
const address = addressSchema.required();
const note = noteSchema.required();
const options = argument('options', changeSchema);

const targetFields = {
  address,
  scope: Joi.string()
    .valid(...suppressionScopes)
    .required(),
  topic: topicSchema.required().when('scope', { is: 'topic', otherwise: Joi.forbidden() }),
  stream: wordSchema.required().when('scope', { is: 'stream', otherwise: Joi.forbidden() }),
  source: Joi.string().valid('operator', 'person', 'host'),
};
const target = Joi.object(targetFields).required();

/** What a {@link NewSuppression} holds. */
export const entryFields = { ...targetFields, note, expiresAt: timestampSchema };

/** What its functions take in the form that names everything. */
const rules: Rules<SuppressionFunctions> = {
  list: [argument('filter', Joi.object({ ...filterFields, address: addressSchema }))],
  page: [
    argument(
      'filter',
      Joi.object({
        ...filterFields,
        start: addressSchema.allow(''),
        within: addressSchema.allow(''),
        cursor: Joi.string().max(1000),
      }),
    ),
  ],
  history: [argument('address', address)],
  export: [argument('filter', Joi.object({ stream: wordSchema }))],
  import: [
    argument('list', manySchema),
    argument(
      'options',
      Joi.object({
        ...{ ...actorFields, checkOnly: Joi.boolean(), signal: signalSchema },
        stopAtFaults: Joi.number().integer().min(1),
      }),
    ),
  ],
  evidence: [argument('target', target)],
  add: [argument('suppression', Joi.object(entryFields).required()), options],
  lift: [argument('target', target), argument('note', note), options],
};

/** The same for a stream, with one value after the other. */
interface StreamFunctions {
  evidence(stream: string, address: string): Promise<SuppressionEvidence | null>;
  add(stream: string, address: string, note: string, options?: ChangeOptions): Promise<boolean>;
  lift(stream: string, address: string, note: string, options?: ChangeOptions): Promise<Lifted>;
}

const place = [argument('stream', wordSchema.required()), argument('address', address)] as const;
const streamRules: Rules<StreamFunctions> = {
  evidence: place,
  add: [...place, argument('note', note), options],
  lift: [...place, argument('note', note), options],
};

/** Both forms of each function, with their input checked. */
export function withBothForms(functions: SuppressionFunctions): Suppressions {
  const named = withCheckedInput(functions, rules, { now: ['export'] });
  const onStream = withCheckedInput<StreamFunctions>(
    {
      evidence: (stream, address) => functions.evidence({ scope: 'stream', stream, address }),
      add: (stream, address, note, options) =>
        functions.add({ scope: 'stream', stream, address, note }, options),
      lift: (stream, address, note, options) =>
        functions.lift({ scope: 'stream', stream, address }, note, options),
    },
    streamRules,
  );
  const eitherForm = <Answer>(
    byTarget: (...given: never[]) => Promise<Answer>,
    byStream: (...given: never[]) => Promise<Answer>,
  ) =>
    ((...given: never[]) =>
      typeof given[0] === 'object' && given[0] !== null ? byTarget(...given) : byStream(...given)) as (
      ...given: unknown[]
    ) => Promise<Answer>;
  return {
    ...named,
    evidence: eitherForm(named.evidence, onStream.evidence),
    add: eitherForm(named.add, onStream.add),
    lift: eitherForm(named.lift, onStream.lift),
  };
}

/** A checked target as an entry of our own. Throws `invalid-address` when `mailed` and nobody could be mailed there. */
export function ownEntryOf(
  { address, scope, topic = '', stream = '', source = 'operator' }: SuppressionTarget,
  { mailed }: { mailed: boolean },
): OwnEntry {
  return {
    address: mailed ? addressKey(readMailbox(address, 'address').email) : addressKey(address),
    ...{ scope, stream, topic, source },
    // What a person asked us not to send weighs as much as an unsubscription at the provider.
    class: source === 'person' ? 'unsubscribe' : 'operator',
    origin: { operator: 'Operator', host: 'Host', person: 'Person' }[source],
  };
}

/** When an entry is to end; null for never. Throws `invalid-input` for a moment that is past. */
export function expiryOf(expiresAt: Date | string | undefined, now: Date): Date | null {
  if (expiresAt === undefined) return null;
  const until = new Date(expiresAt);
  if (until > now) return until;
  throw new MailError('invalid-input', 'expiresAt is past: it has to be later than now.', 'expiresAt');
}
