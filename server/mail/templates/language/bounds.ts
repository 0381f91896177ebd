import { type Issue, issue } from '../issue.ts';
import type { Source, TemplateSource } from './source.ts';
import type { TemplateContent } from './template.ts';

/**
 * How much a source may hold. What is over these bounds is neither parsed nor walked, in any thread, whether it was
 * typed, pushed from files or found in the database: the work that the engine makes of it grows with the square, or worse.
 */
export const sourceBounds = {
  /** Characters of one part: ten times what Gmail shows whole, and examined within a second or two. */
  partLength: 1024 * 1024,
  /** Places for values and blocks in one part. Parsing costs about 20 µs for each. */
  mustaches: 5_000,
  /** Names, dots and signs inside of its mustaches: parsing costs about 5 µs for each. */
  words: 25_000,
  /** Blocks inside of blocks, each `{{else if}}` among them: the parser copies what is open for every further one. */
  blockDepth: 64,
  /** Helpers inside of helpers. */
  callDepth: 16,
  /** Languages of a template: each is rendered and checked by itself. */
  locales: 100,
  /** Fields of a contract, those inside of others too: compiling costs about 50 µs for each. */
  contractFields: 1_000,
  /** Objects and lists inside of each other in a contract, where each field takes two, and in sample data. */
  jsonDepth: 32,
  /** Characters of a contract, and of sample data, as JSON. More than that no mail can show. */
  jsonLength: 256 * 1024,
  /** Values of the brand. */
  brandValues: 500,
} as const;

/** Why a value cannot be taken for a contract or for sample data, as the rest of a sentence about it; null when it can. */
export function jsonExcess(value: unknown): string | null {
  if (isDeeperThan(value, sourceBounds.jsonDepth)) return `goes deeper than ${sourceBounds.jsonDepth} levels`;
  const most = sourceBounds.jsonLength;
  return JSON.stringify(value).length > most ? `is larger than ${most / 1024} KB` : null;
}

/** Whether objects and lists lie inside of each other more than so many levels deep. Linear, and needs no stack. */
export function isDeeperThan(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    const inside: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      if (depth >= most) return true;
      for (const field of Object.values(one)) inside.push(field);
    }
    level = inside;
  }
  return false;
}

/** What of a template beside its texts is over the bounds; `content` may be a draft's or a version's. */
export function structureIssues({
  contract,
  sample,
  locales,
}: Pick<TemplateSource | TemplateContent, 'contract' | 'sample' | 'locales'>): Issue[] {
  const issues: Issue[] = [];
  const inContract = jsonExcess(contract) ?? fieldsExcess(contract);
  if (inContract)
    issues.push(issue('size', `The contract ${inContract}. Make it smaller.`, { part: 'contract' }));
  const inSample = jsonExcess(sample);
  if (inSample) issues.push(issue('size', `The sample ${inSample}. Make it smaller.`, { part: 'sample' }));
  const languages = Object.keys(locales).length;
  if (languages > sourceBounds.locales)
    issues.push(issue('size', `It has ${languages} languages; a template may have ${sourceBounds.locales}.`));
  return issues;
}

/**
 * A stored source as far as pages can show it, and what had to be left out: a contract or sample over the bounds is
 * empty, further languages and values are missing. Texts stay as they are, however large, so that they can be corrected.
 */
export function shownWithinBounds<S extends Source>(source: S): { source: S; issues: Issue[] } {
  if (source.kind === 'brand') return brandWithinBounds(source);
  const issues = source.kind === 'template' ? structureIssues(source.content) : [];
  if (source.kind !== 'template' || issues.length === 0) return { source, issues };
  const isOver = (part: Issue['part']) => issues.some(one => one.part === part);
  const { contract, sample, locales } = source.content;
  const { default: first, ...others } = locales;
  const kept = Object.fromEntries(Object.entries(others).slice(0, sourceBounds.locales - 1));
  const content = {
    ...source.content,
    contract: isOver('contract') ? {} : contract,
    sample: isOver('sample') ? {} : sample,
    locales: { ...kept, default: first },
  };
  return { source: { ...source, content }, issues };
}

function brandWithinBounds<S extends Source>(source: S): { source: S; issues: Issue[] } {
  const values = Object.entries(source.content);
  const most = sourceBounds.brandValues;
  if (values.length <= most) return { source, issues: [] };
  const issues = [issue('size', `The brand has ${values.length} values; it may have ${most}.`)];
  return { source: { ...source, content: Object.fromEntries(values.slice(0, most)) }, issues };
}

// A field is whatever has a type; that of a list's items counts as well.
function fieldsExcess(contract: unknown): string | null {
  let count = 0;
  const waiting = [contract];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, 'type')) count++;
    for (const inside of Object.values(next)) waiting.push(inside);
  }
  const most = sourceBounds.contractFields;
  return count > most ? `has ${count} fields; it may have ${most}` : null;
}
