import type { Sources } from './compose.ts';
import { handlebarsOf, type ReadSource } from './inclusions.ts';
import { brandKey, noLayout, type SourceRef, sourceName } from './source.ts';

/** Every source that includes another, directly or by way of others, by the name of the one that is included. */
export type Uses = ReadonlyMap<string, readonly SourceRef[]>;

/** Who uses what among these sources. A part that doesn't parse includes nothing. */
export function usesAmong(sources: Sources): Uses {
  const direct = new Map([...sources].map(([name, read]) => [name, includedBy(read)]));
  const uses = new Map<string, SourceRef[]>();
  for (const [name, { source }] of sources) {
    for (const included of reached(name, direct)) {
      uses.set(included, [...(uses.get(included) ?? []), { kind: source.kind, key: source.key }]);
    }
  }
  return uses;
}

/** The names of what one source includes itself. */
function includedBy({ source, inclusions }: ReadSource): Set<string> {
  const names = Object.values(inclusions).flatMap(found => ('names' in found ? found.names : []));
  const included = new Set(names.map(key => sourceName({ kind: 'partial', key })));
  if (source.kind === 'template' && source.content.layout !== noLayout) {
    included.add(sourceName({ kind: 'layout', key: source.content.layout }));
  }
  const seesBrand = Object.values(handlebarsOf(source)).some(text => text.includes('@brand'));
  if (seesBrand) included.add(sourceName({ kind: 'brand', key: brandKey }));
  return included;
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
