import { addressKey } from '../shared/address.ts';
import type { MessageFilter } from './filter.ts';
import { metadataStart, subjectStart, tagStart } from './kept-starts.ts';
import { type MessageState, messageStates } from './states.ts';

/** A column and the value that it is to have. */
export type Condition = readonly [column: string, value: string | number];

/** A condition of the filter, as SQL on messages `m` and their template versions `t`. */
export interface Asked {
  name: string;
  sql: string;
  bindings: readonly (string | number)[];
}

/** One plan of a search: an index, the prefixes it is entered with (each read in order of id), and the conditions it cannot answer. */
export interface Plan {
  table: 'postlane_messages' | 'postlane_message_metadata';
  index: string;
  walks: Condition[][];
  rest: Asked[];
}

/** Every plan for a filter, usually short ones first; `versions` are the template's. */
export function plansFor(filter: MessageFilter, versions: readonly number[] | null): Plan[] {
  const { recipient, campaignId, tag, state, stream, category, subject, idempotencyKey } = filter;
  const asked = askedBy(filter);
  const plan = (index: string, walks: Condition[][], ...answered: string[]): Plan => ({
    table: 'postlane_messages',
    index,
    walks,
    rest: asked.filter(({ name }) => !answered.includes(name)),
  });
  const byState = state ? [plan('messages_state', [[['state', state]]], 'state')] : [];
  const plans = [
    ...(idempotencyKey
      ? [plan('messages_scoped_idempotency', [[['idempotency_key', idempotencyKey]]], 'idempotencyKey')]
      : []),
    ...metadataPlans(filter, plan),
    ...(recipient ? [plan('messages_recipient', [[['recipient', addressKey(recipient)]]], 'recipient')] : []),
    ...(campaignId
      ? [plan('messages_campaign_state', campaignWalks(campaignId, state), 'campaignId', 'state')]
      : []),
    ...(subject ? [plan('messages_subject', [[['subject', subjectStart(subject)]]], 'subject')] : []),
    ...(state && !common.has(state) ? byState : []),
    ...(tag
      ? [plan('messages_tag', [[['tag_start', tagStart(tag)]]], tagStart(tag) === tag ? 'tag' : '')]
      : []),
    ...(versions ? [plan('messages_template_version', versionWalks(versions), 'template')] : []),
    ...(category ? [plan('messages_category', [[['category', category]]], 'category')] : []),
    ...(stream ? [plan('messages_stream', [[['stream', stream]]], 'stream')] : []),
    ...(state && common.has(state) ? byState : []),
  ];
  return plans.length > 0 ? plans : [plan('PRIMARY', [[]])];
}

const common: ReadonlySet<MessageState> = new Set(['sent', 'delivered']);

function askedBy(filter: MessageFilter): Asked[] {
  const { recipient, campaignId, tag, state, stream, template, category, subject, idempotencyKey } = filter;
  const columns: [name: string, column: string, value: string | undefined][] = [
    ['recipient', 'm.recipient', recipient && addressKey(recipient)],
    ['campaignId', 'm.campaign_id', campaignId],
    ['tag', 'm.tag', tag],
    ['template', 't.template', template],
    ['category', 'm.category', category],
    ['subject', 'm.subject', subject && subjectStart(subject)],
    ['idempotencyKey', 'm.idempotency_key', idempotencyKey],
    ['state', 'm.state', state],
    ['stream', 'm.stream', stream],
  ];
  const pairs = Object.entries(filter.metadata ?? {});
  return [
    ...columns.flatMap(([name, column, value]) =>
      value ? [{ name, sql: `${column} = ?`, bindings: [value] }] : [],
    ),
    ...pairs.map(([name, value]) => ({
      name: `metadata.${name}`,
      sql: `EXISTS (SELECT 1 FROM postlane_message_metadata p WHERE p.message_id = m.id AND p.name = ? AND p.value = ?)`,
      bindings: [name, metadataStart(value)],
    })),
  ];
}

function metadataPlans(
  { metadata = {} }: MessageFilter,
  plan: (index: string, walks: Condition[][], ...answered: string[]) => Plan,
): Plan[] {
  return Object.entries(metadata).map(([name, value]) => {
    const walk: Condition[] = [
      ['name', name],
      ['value', metadataStart(value)],
    ];
    return {
      ...plan('message_metadata_value', [walk], `metadata.${name}`),
      table: 'postlane_message_metadata',
    };
  });
}

// The index has the state before the id.
function campaignWalks(campaignId: string, state: MessageState | undefined): Condition[][] {
  const states = state ? [state] : messageStates;
  return states.map(one => [
    ['campaign_id', campaignId],
    ['state', one],
  ]);
}

function versionWalks(versions: readonly number[]): Condition[][] {
  return versions.map(id => [['template_version_id', id]]);
}
