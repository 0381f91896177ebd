import { addressKey } from '../shared/address.ts';
import type { MessageFilter } from './search-store.ts';
import { type MessageState, messageStates } from './states.ts';

/** A column and the value that it is to have. */
export type Condition = readonly [column: string, value: string | number];

/** One way to messages: an index, what it is entered with (each is a walk in order of id), and what it cannot answer. */
export interface Way {
  index: string;
  walks: Condition[][];
  rest: Condition[];
}

/** Every way that leads to what is asked, those that are short as a rule first; `versions` are the template's. */
export function waysTo(filter: MessageFilter, versions: readonly number[] | null): Way[] {
  const { recipient, campaignId, tag, state, stream, template } = filter;
  const asked: Condition[] = [
    ...(recipient ? [['m.recipient', addressKey(recipient)] as const] : []),
    ...(campaignId ? [['m.campaign_id', campaignId] as const] : []),
    ...(tag ? [['m.tag', tag] as const] : []),
    ...(template ? [['t.template', template] as const] : []),
    ...(state ? [['m.state', state] as const] : []),
    ...(stream ? [['m.stream', stream] as const] : []),
  ];
  const way = (index: string, walks: Condition[][], ...answered: string[]): Way => ({
    index,
    walks,
    rest: asked.filter(([column]) => !answered.includes(column)),
  });
  const byState = state ? [way('messages_state', [[['state', state]]], 'm.state')] : [];
  const ways = [
    ...(recipient
      ? [way('messages_recipient', [[['recipient', addressKey(recipient)]]], 'm.recipient')]
      : []),
    ...(campaignId
      ? [way('messages_campaign_state', campaignWalks(campaignId, state), 'm.campaign_id', 'm.state')]
      : []),
    ...(state && !common.has(state) ? byState : []),
    ...(tag
      ? [way('messages_tag', [[['tag_start', tagStart(tag)]]], tagStart(tag) === tag ? 'm.tag' : '')]
      : []),
    ...(versions ? [way('messages_template_version', versionWalks(versions), 't.template')] : []),
    ...(stream ? [way('messages_stream', [[['stream', stream]]], 'm.stream')] : []),
    ...(state && common.has(state) ? byState : []),
  ];
  return ways.length > 0 ? ways : [way('PRIMARY', [[]])];
}

const common: ReadonlySet<MessageState> = new Set(['sent', 'delivered']);

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

// As much of it as its index knows.
function tagStart(tag: string): string {
  return [...tag].slice(0, 64).join('');
}
