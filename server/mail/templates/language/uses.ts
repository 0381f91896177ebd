import type { Sources } from './compose.ts';
import { partialNames } from './parse.ts';
import { brandKey, noLayout, type Source, type SourceRef, sourceName } from './source.ts';

/** Every source that includes another, directly or by way of others, by the name of the one that is included. */
export type Uses = ReadonlyMap<string, readonly SourceRef[]>;

/** Who uses what among these sources. A part that doesn't parse includes nothing. */
export function usesAmong(sources: Sources): Uses {
  const direct = new Map([...sources].map(([name, source]) => [name, includedBy(source)]));
  const uses = new Map<string, SourceRef[]>();
  for (const [name, { kind, key }] of sources) {
    for (const included of reached(name, direct)) {
      uses.set(included, [...(uses.get(included) ?? []), { kind, key }]);
    }
  }
  return uses;
}

// A published source never changes, and parsing all of them for each preview would be felt.
const known = new WeakMap<Source, Set<string>>();

/** The names of what one source includes itself. */
function includedBy(source: Source): Set<string> {
  const found = known.get(source) ?? parsedInclusions(source);
  known.set(source, found);
  return found;
}

function parsedInclusions(source: Source): Set<string> {
  const texts = handlebarsOf(source);
  const names = texts.flatMap(text => {
    const found = partialNames(text);
    return 'names' in found ? found.names : [];
  });
  const included = new Set(names.map(key => sourceName({ kind: 'partial', key })));
  if (source.kind === 'template' && source.content.layout !== noLayout) {
    included.add(sourceName({ kind: 'layout', key: source.content.layout }));
  }
  if (texts.some(text => text.includes('@brand'))) included.add(sourceName({ kind: 'brand', key: brandKey }));
  return included;
}

function handlebarsOf(source: Source): string[] {
  switch (source.kind) {
    case 'template':
      return Object.values(source.content.locales).flatMap(({ subject, preheader, html, text }) => [
        subject,
        preheader ?? '',
        html,
        text ?? '',
      ]);
    case 'layout':
    case 'partial':
      return [source.content.html ?? '', source.content.text ?? ''];
    case 'brand':
      return [];
  }
}

function reached(from: string, direct: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set<string>();
  const waiting = [from];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of direct.get(next) ?? []) {
      if (found.has(name)) continue;
      found.add(name);
      waiting.push(name);
    }
  }
  return found;
}
