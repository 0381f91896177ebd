import { compileContract } from '../../language/contract.ts';
import { compileTemplate } from '../../language/render.ts';
import type { TemplateContent } from '../../language/template.ts';
import type { Fault } from '../../lint/fault.ts';
import { lint, lintBare } from '../../lint/index.ts';
import { type Letter, readPage } from '../../lint/letter.ts';
import { withoutPlaces, withPlaces } from '../../lint/places.ts';
import type { RenderProblem } from '../outcome.ts';
import { bareSample } from '../sample-cases.ts';
import type { Inspection } from './inspect.ts';
import { renderFault } from './render-fault.ts';

/** Each language rendered with the sample, whole and without the optional fields, and looked at as its reader would. */
export function inspectLetters(inspection: Inspection): Fault[] {
  const { content } = inspection;
  const bare = bareSample(content.contract, content.sample);
  const render = rendererOf(inspection);
  return Object.keys(content.locales).flatMap(locale => {
    const whole = render(locale, content.sample);
    if ('problem' in whole) return [cannotRender(locale, whole, 'the sample')];
    const sparse = render(locale, bare);
    if ('problem' in sparse)
      return [cannotRender(locale, sparse, 'the optional fields left out'), ...lint(whole)];
    return withBare(lint(whole), lintBare(sparse));
  });
}

// A link that only this shows is the language's only place where it may be told: what is under it never changes.
const unsubscribe = 'https://unsubscribe.example.com/';

function rendererOf({ content, bulk, from }: Inspection) {
  const template = compileTemplate(contentWithPlaces(content));
  const { check } = compileContract(content.contract);
  return (locale: string, data: Record<string, unknown>): Letter | RenderProblem => {
    const context = { locale: locale === 'default' ? null : locale, unsubscribe };
    try {
      const checked = check(data);
      const { subject, html, text } = template.render(checked, context);
      return {
        ...{ locale, bulk, from, unsubscribe, subject, text },
        preheader: template.preheader(checked, context),
        html: withoutPlaces(html),
        placedHtml: html,
        hasOwnText: content.locales[locale]?.text !== undefined,
        page: readPage(html),
      };
    } catch (error) {
      return renderFault(content, context.locale, error);
    }
  };
}

function contentWithPlaces(content: TemplateContent): TemplateContent {
  const { locales, layout, partials } = content;
  const placed = Object.entries(locales).map(([locale, parts]) => [
    locale,
    { ...parts, html: withPlaces(parts.html, 'html') },
  ]);
  const placedPartials = Object.entries(partials.html).map(([name, html]) => [
    name,
    withPlaces(html, `partial:${name}.html`),
  ]);
  return {
    ...content,
    locales: Object.fromEntries(placed),
    layout: { ...layout, html: withPlaces(layout.html, 'layout.html') },
    partials: { ...partials, html: Object.fromEntries(placedPartials) },
  };
}

function cannotRender(locale: string, { message: why, place }: RenderProblem, given: string): Fault {
  const message = `It cannot be rendered with ${given}: ${why}`;
  const whole = { part: 'template', locale, line: 1, column: 1 } as const;
  return { ...(place ?? whole), severity: 'error', rule: 'render', message };
}

/** Adds what only shows without the optional fields. */
function withBare(faults: Fault[], bare: readonly Fault[]): Fault[] {
  const known = new Set(faults.map(placeKey));
  const further = bare.filter(fault => !known.has(placeKey(fault)));
  return [
    ...faults,
    ...further.map(fault => ({
      ...fault,
      message: `When all optional fields are left out: ${fault.message}`,
    })),
  ];
}

function placeKey({ part, locale, line, column, rule }: Fault): string {
  return JSON.stringify([part, locale, line, column, rule]);
}
