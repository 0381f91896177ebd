import Joi from 'joi';
import { MailError } from '../error.ts';
import type { DefaultRoutes } from '../providers/provider.ts';
import type { Mailbox } from '../providers/transport.ts';
import { type MailboxInput, readMailbox } from '../shared/address.ts';
import { firstFault } from '../shared/joi.ts';
import type { CategoryPolicy, Lane, Policy, WeightedRoute } from './policy.ts';

/** A routing policy as a host writes it: what is left out is the default. */
export interface PolicyOptions {
  /** Raised with each change: of two processes with different policies, the higher one is the newer. Default 1. */
  version?: number | undefined;
  /** Sender of every category that names none; by default that of the configuration. */
  from?: MailboxInput | undefined;
  /** By name: a-z, 0-9, hyphens and underscores. */
  categories: Readonly<Record<string, CategoryOptions>>;
}

/** One category of a {@link PolicyOptions}. */
export interface CategoryOptions {
  /** `transactional`, the default: handed over at once, one by one. `bulk`: in pages, by the worker. */
  lane?: Lane | undefined;
  /** Streams and transports with their shares; by default the provider's own for the lane. */
  routes?: readonly (Omit<WeightedRoute, 'weight'> & { weight?: number | undefined })[] | undefined;
  /** `none` needs no consent, `opt-out` unless withdrawn, `opt-in` only when granted. Default `none`, for bulk `opt-out`. */
  consent?: CategoryPolicy['consent'] | undefined;
  /**
   * Of an attempt that nobody can account for: `prefer-once`, the default, leaves it to an operator; `prefer-delivery` rather
   * risks a second copy, for password resets and the like.
   */
  onUnknown?: CategoryPolicy['onUnknown'] | undefined;
  /**
   * Mail that a person gets though they refused all but the essential: password resets, receipts, warnings about their
   * account. Never for bulk. Default false.
   */
  essential?: boolean | undefined;
  /** Sender of this category. */
  from?: MailboxInput | undefined;
}

const name = Joi.string()
  .pattern(/^[a-z0-9][a-z0-9_-]*$/)
  .max(64);

const mailbox = Joi.any().custom((input: MailboxInput, helper) => {
  try {
    return readMailbox(input, 'sender');
  } catch {
    return helper.message({ custom: 'must be a sender like "Shop <mail@shop.example>"' });
  }
});

const route = Joi.object({
  stream: Joi.string()
    .pattern(/^[a-z][a-z0-9_-]{0,29}$/)
    .required(),
  transport: name.required(),
  weight: Joi.number().min(0).default(1),
});

const category = Joi.object({
  lane: Joi.string().valid('transactional', 'bulk').default('transactional'),
  routes: Joi.array().items(route).min(1),
  consent: Joi.string().valid('none', 'opt-out', 'opt-in'),
  onUnknown: Joi.string().valid('prefer-once', 'prefer-delivery').default('prefer-once'),
  essential: Joi.boolean().when('lane', {
    not: 'bulk',
    otherwise: Joi.boolean().valid(false).messages({ 'any.only': 'cannot be true for bulk mail' }),
  }),
  from: mailbox,
});

/** What {@link PolicyOptions} may be. */
export const policySchema = Joi.object({
  version: Joi.number().integer().min(1).default(1),
  from: mailbox,
  categories: Joi.object().pattern(name, category).min(1).required(),
});

/** Completes a policy with the defaults. Throws `invalid-input` naming the part that is wrong. */
export function readPolicy(options: PolicyOptions, from: Mailbox, defaults: DefaultRoutes): Policy {
  const { error, value } = policySchema.validate(options);
  if (error) {
    const { path, fault } = firstFault(error, 'policy');
    throw new MailError('invalid-input', `${path} ${fault}.`, path);
  }
  const categories = Object.entries<CategoryOptions>(value.categories).map(([key, one]) => [
    key,
    {
      consent: one.lane === 'bulk' ? 'opt-out' : 'none',
      routes: [{ ...defaults[one.lane ?? 'transactional'], weight: 1 }],
      ...one,
    },
  ]);
  return { from, ...value, categories: Object.fromEntries(categories) };
}
