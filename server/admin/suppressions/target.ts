import Joi from 'joi';
import type { SuppressionScope, SuppressionTarget } from '../../mail/index.ts';
import { queryField } from '../query.ts';

const targetSchema: Joi.ObjectSchema<{ address: string; scope: SuppressionScope }> = Joi.object({
  address: queryField.text(254, '').required(),
  scope: Joi.valid('stream', 'topic', 'bulk', 'non-essential', 'everything').default('stream'),
  stream: queryField.word(''),
  topic: queryField.word(''),
});

/** The place that a query names; what its scope has no use for is left out. Null when it names none. */
export function targetOf(query: object): SuppressionTarget | null {
  const { error, value } = targetSchema.validate(query, { stripUnknown: true });
  if (error) return null;
  const { address, scope } = value;
  if (scope !== 'stream' && scope !== 'topic') return { address, scope };
  const name = (value as { stream?: string; topic?: string })[scope];
  return name ? { address, scope, [scope]: name } : null;
}
