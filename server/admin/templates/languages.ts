import type { SourceKind } from '../../mail/index.ts';
import type { EditorFields, PartFields, PartName } from './fields.ts';

/** One pane of code in the editor. */
export interface Pane {
  /** Name of the form's field: `locales[nl][html]`. */
  name: string;
  part: PartName;
  label: string;
  /** How it is edited: `line`, `html` or `text`. */
  code: 'line' | 'html' | 'text';
  value: string;
  hint: string;
}

/** One language of a template with its panes; a layout or partial has only the default. */
export interface Language {
  locale: string;
  label: string;
  /** Empty for the default. */
  fallback: string;
  /** Set in a line each. */
  lines: Pane[];
  /** Set in a block each. */
  blocks: Pane[];
}

const lines: readonly PartName[] = ['subject', 'preheader'];
const blocks: readonly PartName[] = ['mjml', 'html', 'text'];

const labels: Record<PartName, [label: string, hint: string]> = {
  subject: ['Subject', ''],
  preheader: ['Preheader', 'Shown after the subject in the inbox'],
  mjml: ['MJML', ''],
  html: ['HTML', ''],
  text: ['Text', 'Generated from the HTML if empty'],
};

/** The languages of the form, the default first. */
export function languagesOf(kind: SourceKind, { locales }: EditorFields): Language[] {
  if (kind === 'brand') return [];
  const others = Object.keys(locales)
    .filter(locale => locale !== 'default')
    .sort();
  return ['default', ...others].map(locale => {
    const parts = locales[locale] ?? {};
    return {
      locale,
      label: languageLabel(locale),
      fallback: fallbackOf(locale, others),
      lines: kind === 'template' ? lines.map(part => pane(locale, part, parts, kind)) : [],
      blocks: blocks
        .filter(part => (parts.mjml === undefined ? part !== 'mjml' : part !== 'html'))
        .map(part => pane(locale, part, parts, kind)),
    };
  });
}

/** `nl-BE` as `Dutch (Belgium)`; what no dictionary knows stays as it is. */
export function languageLabel(locale: string): string {
  if (locale === 'default') return 'Default';
  try {
    return names.of(locale) ?? locale;
  } catch {
    return locale;
  }
}

const names = new Intl.DisplayNames('en', { type: 'language' });

/** What recipients of languages without a version of their own get. */
function fallbackOf(locale: string, others: readonly string[]): string {
  if (locale === 'default') return '';
  const [base = ''] = locale.split('-');
  if (base !== locale && others.includes(base))
    return `Other recipients of ${base} get ${languageLabel(base)}.`;
  return `For recipients of ${locale}${base === locale ? ` and its regions, such as ${locale}-XX` : ''}. Others get the default.`;
}

function pane(locale: string, part: PartName, parts: PartFields, kind: SourceKind): Pane {
  const [label, hint] = labels[part];
  return {
    name: `locales[${locale}][${part}]`,
    part,
    label,
    code: lines.includes(part) ? 'line' : part === 'text' ? 'text' : 'html',
    value: parts[part] ?? '',
    hint: kind === 'template' ? hint : '',
  };
}
