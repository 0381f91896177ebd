import type { Provider } from '../../state/provider.ts';

const DAYS = 45;

/** From when on mail, bounces, opens and clicks are shown: Postmark forgets them after 45 days. Statistics stay. */
export function shownSince({ clock }: Provider, wanted = Number.NEGATIVE_INFINITY): number {
  return Math.max(wanted, clock.now() - DAYS * 86_400_000);
}
