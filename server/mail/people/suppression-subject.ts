import type { SuppressionPlace } from './suppression.ts';

/** How the audit log names what was suppressed: `suppression:broadcast:ada@shop.example`, `suppression:topic=news:...`. */
export function suppressionSubject({ scope, stream, topic, address }: SuppressionPlace): string {
  const place = scope === 'stream' ? stream : scope === 'topic' ? `topic=${topic}` : `scope=${scope}`;
  return `suppression:${place}:${address}`;
}
