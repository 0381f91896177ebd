import type { PreferenceChange, PreferencesSet } from '../mail/index.ts';
import type { PageLanguage } from './languages.ts';
import { commonWordsIn, type StopReason } from './words/common.ts';

/** What still stops mail that was asked for, in sentences for a recipient: each once, and no notes of operators. */
export function reasonsIn(
  language: PageLanguage,
  stays: PreferencesSet['stays'],
  asked: PreferenceChange,
): string[] {
  const reasons = new Set(stays.map(({ suppression }) => reasonOf(suppression, asked)));
  return [...reasons].map(reason => commonWordsIn(language).reasons[reason]);
}

function reasonOf(
  { class: kind, source, scope }: PreferencesSet['stays'][number]['suppression'],
  { allBulk, nonEssential }: PreferenceChange,
): StopReason {
  if (kind === 'complaint' || kind === 'bounce') return kind;
  if (source === 'provider') return kind === 'unsubscribe' ? 'provider' : 'other';
  if (source !== 'person' || scope === 'everything') return 'other';
  // What they asked for themselves stays where they leave it, or where the provider does not let it go.
  const isLeft =
    (scope === 'bulk' && allBulk !== false) || (scope === 'non-essential' && nonEssential !== false);
  return isLeft ? 'refused' : 'provider';
}
