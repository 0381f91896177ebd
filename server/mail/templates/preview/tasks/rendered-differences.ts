import { issueText } from '../../issue.ts';
import type { TemplateContent } from '../../language/template.ts';
import { problemOf } from '../outcome.ts';
import { differences, type PartDiff } from './differences.ts';
import { render } from './render.ts';

/** Two versions of a template; null where there is none, or none that could be put together. */
export interface VersionsJob {
  from: TemplateContent | null;
  to: TemplateContent | null;
  unsubscribe: string;
  preferences?: string | null;
  partBytes: number;
}

/** What differs in the mails that two versions make of their own samples. */
export interface RenderedDifferences {
  /** Parts `subject`, `html`, `text` per locale that both sides have and can render. */
  rendered: PartDiff[];
  /** What cannot be rendered, and why. */
  problems: { side: 'from' | 'to'; locale: string; message: string }[];
}

/** Renders both versions in each of their languages, and compares. */
export function renderedDifferences(job: VersionsJob): RenderedDifferences {
  const [old, young] = [shown(job.from, job), shown(job.to, job)];
  const problems = [
    ...old.problems.map(one => ({ side: 'from' as const, ...one })),
    ...young.problems.map(one => ({ side: 'to' as const, ...one })),
  ];
  const broken = new Set(problems.map(({ locale }) => locale));
  const texts = ({ parts }: Shown) =>
    new Map(
      [...parts].filter(([, { locale }]) => !broken.has(locale)).map(([part, { text }]) => [part, text]),
    );
  return { rendered: differences({ before: texts(old), after: texts(young) }), problems };
}

/** What the languages of a template show with its sample, and those that cannot be rendered. */
interface Shown {
  parts: Map<string, { locale: string; text: string }>;
  problems: { locale: string; message: string }[];
}

function shown(content: TemplateContent | null, { from: _, to: __, ...given }: VersionsJob): Shown {
  const found: Shown = { parts: new Map(), problems: [] };
  if (!content) return found;
  for (const locale of Object.keys(content.locales)) {
    const isDefault = locale === 'default';
    const job = { content, data: content.sample, locale: isDefault ? null : locale, ...given };
    try {
      const mail = render(job);
      for (const part of ['subject', 'html', 'text'] as const)
        found.parts.set(isDefault ? part : `${part}.${locale}`, { locale, text: mail[part] });
    } catch (error) {
      found.problems.push({ locale, message: issueText(problemOf(error)) });
    }
  }
  return found;
}
