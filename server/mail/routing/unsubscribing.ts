import Joi from 'joi';
import { MailError } from '../error.ts';
import type { StreamRoute } from '../providers/providers.ts';
import type { Transport } from '../providers/transport.ts';
import type { UnsubscribeMode } from '../providers/unsubscribe-mode.ts';
import type { Policy } from './policy.ts';

/** One mode for all streams of bulk mail, or by the name of each; of a named server they are called `outlet/broadcast`. */
export type UnsubscribeOptions = UnsubscribeMode | Readonly<Record<string, UnsubscribeMode>>;

/** Which mode a route has. */
export interface Unsubscribing {
  /** What was said of its stream; else the provider's where the transport puts in one, else our own. */
  modeOf(route: StreamRoute): UnsubscribeMode;
}

type Able = ReadonlyMap<string, Pick<Transport, 'unsubscribes'>>;

const mode = Joi.valid('provider', 'own');

/** What {@link UnsubscribeOptions} may be. */
export const unsubscribeSchema = Joi.alternatives(
  mode,
  Joi.object().pattern(/^([a-z][a-z0-9-]{0,30}\/)?[a-z][a-z0-9_-]{0,29}$/, mode.required()),
);

/** See {@link Unsubscribing}. */
export function createUnsubscribing(
  options: UnsubscribeOptions | undefined,
  transports: Able,
): Unsubscribing {
  return {
    modeOf({ stream, transport }) {
      const byDefault = transports.get(transport)?.unsubscribes ? 'provider' : 'own';
      return saidOf(options, stream) ?? byDefault;
    },
  };
}

function saidOf(options: UnsubscribeOptions | undefined, stream: string): UnsubscribeMode | undefined {
  if (typeof options !== 'object') return options;
  return Object.hasOwn(options, stream) ? options[stream] : undefined;
}

/**
 * Throws `invalid-input` where bulk mail would have no link to unsubscribe: by a transport without one while we cannot make
 * one ourselves, which takes a public address and keys. So it does for a mode that cannot be had.
 */
export function checkUnsubscribing(
  { categories }: Policy,
  {
    options,
    transports,
    hasLinks,
  }: { options: UnsubscribeOptions | undefined; transports: Able; hasLinks: boolean },
): void {
  const { modeOf } = createUnsubscribing(options, transports);
  for (const [category, { lane, routes }] of Object.entries(categories)) {
    if (lane !== 'bulk') continue;
    for (const route of routes) {
      const able = transports.get(route.transport)?.unsubscribes === true;
      const wanted = modeOf(route);
      if (wanted === 'provider' && !able) throw noneOfTheProvider(category, route);
      if (wanted === 'own' && !hasLinks && able) throw noneOfOurs(category, route);
      if (wanted === 'own' && !hasLinks) throw noneAtAll(category, route, transports);
    }
  }
}

const setThem = 'set publicUrl (POSTLANE_PUBLIC_URL) and secretKeys (POSTLANE_SECRET_KEY)';

function noneOfTheProvider(category: string, { stream, transport }: StreamRoute): MailError {
  const text =
    `unsubscribe is provider for the stream ${stream}, by which category ${category} goes with ${transport}: ` +
    'that transport has no link of its own. Say own, or leave the stream out.';
  return new MailError('invalid-input', text, 'unsubscribe');
}

function noneOfOurs(category: string, { stream }: StreamRoute): MailError {
  const text =
    `unsubscribe is own for the stream ${stream} of category ${category}, and nobody said where recipients reach us: ` +
    `${setThem}, or say provider.`;
  return new MailError('invalid-input', text, 'unsubscribe');
}

function noneAtAll(category: string, { transport }: StreamRoute, transports: Able): MailError {
  const able = [...transports].filter(([, { unsubscribes }]) => unsubscribes).map(([name]) => name);
  const other = able.length > 0 ? `, or use a transport that gives one, such as ${able.at(-1)}` : '';
  const text =
    `Category ${category} is bulk mail and routes to ${transport}, which gives recipients no link to unsubscribe: ` +
    `${setThem}, so that the link leads to our own page${other}.`;
  return new MailError('invalid-input', text, `policy.categories.${category}`);
}
