import { brandKey, type Mail, type SourceSummary, sourceKinds } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { authorNames } from './authors.ts';
import { isKind, kindLabels, refText } from './reference.ts';
import { editorPath } from './source-page.ts';

const numberOfDays = 30;

/** The list of one kind, searched by what is in its key, category and description. */
export async function showList(page: Page): Promise<void> {
  const { mail } = page;
  const asked = page.queryText('kind');
  const kind = isKind(asked) ? asked : 'template';
  const search = page.queryText('q');
  const [all, numbers, conflicts] = await Promise.all([
    mail.templates.list(kind),
    kind === 'template' ? mail.monitoring.templates(numberOfDays) : [],
    mail.templates.conflicts(),
  ]);
  const found = all.filter(source => matches(source, search));
  const name = await authorNames(
    page,
    found.map(({ changedBy }) => changedBy),
  );
  page.render('templates/index', {
    kind,
    label: kindLabels[kind],
    tabs: sourceKinds.map(one => ({ kind: one, label: kindLabels[one].many, href: tabHref(one) })),
    search,
    total: all.length,
    days: numberOfDays,
    conflicts: conflicts.map(({ ref }) => ({ key: ref.key, kind: ref.kind, ref: refText(ref) })),
    sources: found.map(source => ({
      ...source,
      ref: refText(source),
      author: name(source.changedBy),
      numbers: rates(numbers.find(({ template }) => template === source.key)),
    })),
  });
}

// There is one brand: its tab is its editor.
function tabHref(kind: (typeof sourceKinds)[number]): string {
  if (kind === 'brand') return editorPath({ kind, key: brandKey });
  return kind === 'template' ? 'templates' : `templates?kind=${kind}`;
}

function matches({ key, category, description }: SourceSummary, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/);
  const text = `${key} ${category ?? ''} ${description}`.toLowerCase();
  return words.every(word => text.includes(word));
}

type Numbers = Awaited<ReturnType<Mail['monitoring']['templates']>>[number];

function rates(numbers: Numbers | undefined) {
  if (!numbers) return null;
  const { accepted, sent, delivered, bounced, opened } = numbers;
  const share = (part: number) => (sent === 0 ? null : part / sent);
  return { accepted, delivered: share(delivered), bounced: share(bounced), opened: share(opened) };
}
