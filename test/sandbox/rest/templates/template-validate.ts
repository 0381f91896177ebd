import { fill, fillText } from '../../content/fill-template.ts';
import { parse, type SyntaxFault } from '../../mustachio/parse.ts';
import { RenderFault } from '../../mustachio/render.ts';
import { suggestModel } from '../../mustachio/suggest.ts';
import type { Provider } from '../../state/provider.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { asOption, Fields, isObject } from '../fields.ts';
import type { Call } from '../routes.ts';
import { countSlots } from './template-fields.ts';

interface Wanted {
  subject: string;
  html: string;
  text: string;
  layout: string | null;
}

/** `POST /templates/validate`: checks texts and renders them with the given model over a suggested one. */
export function validate(provider: Provider, { body }: Call): Answer {
  if (!isObject(body)) return refuse(1109, 'No template data was submitted.');
  const fields = new Fields(body);
  const type = asOption(['Standard', 'Layout'], fields.text('TemplateType') ?? 'Standard');
  if (!type) return refuse(1122, "The 'TemplateType' must be Standard or Layout.");
  const wanted: Wanted = {
    subject: fields.text('Subject') ?? '',
    html: fields.text('HtmlBody') ?? '',
    text: fields.text('TextBody') ?? '',
    layout: fields.text('LayoutTemplate') ?? null,
  };
  const given = fields.object('TestRenderModel') ?? {};
  const inlineCss = fields.flag('InlineCssForHtmlTestRender') ?? true;
  if (fields.fault) return fields.fault;
  if (wanted.subject + wanted.html + wanted.text === '') {
    return refuse(1120, "At least one of 'Subject', 'HtmlBody' and 'TextBody' is required.");
  }
  if (wanted.layout !== null && provider.templates.get(wanted.layout)?.type !== 'Layout') {
    return refuse(1101, "The 'LayoutTemplate' associated with this request is not valid or was not found.");
  }
  const suggested = suggestModel(partsOf(provider, wanted).map(source => parse(source).nodes));
  const model = { ...suggested, ...given };
  const isLayout = type === 'Layout';
  const sections = {
    Subject: section(wanted.subject, false, () => fillText(wanted.subject, model)),
    HtmlBody: section(
      wanted.html,
      isLayout,
      () => fill(provider.templates, { ...wanted, text: '' }, model, inlineCss).html,
    ),
    TextBody: section(
      wanted.text,
      isLayout,
      () => fill(provider.templates, { ...wanted, html: '' }, model, false).text,
    ),
  };
  return ok({
    AllContentIsValid: Object.values(sections).every(({ ContentIsValid }) => ContentIsValid),
    ...sections,
    SuggestedTemplateModel: suggested,
  });
}

interface Section {
  ContentIsValid: boolean;
  ValidationErrors: SyntaxFault[];
  RenderedContent: string | null;
}

function section(source: string, isLayout: boolean, render: () => string): Section {
  const faults = faultsOf(source, isLayout);
  if (faults.length > 0) return { ContentIsValid: false, ValidationErrors: faults, RenderedContent: null };
  try {
    return { ContentIsValid: true, ValidationErrors: [], RenderedContent: source === '' ? null : render() };
  } catch (error) {
    if (!(error instanceof RenderFault)) throw error;
    const fault = { Message: error.message, Line: 1, CharacterPosition: 1 };
    return { ContentIsValid: false, ValidationErrors: [fault], RenderedContent: null };
  }
}

function faultsOf(source: string, isLayout: boolean): SyntaxFault[] {
  const { faults } = parse(source);
  if (!isLayout || source === '' || countSlots(source) === 1) return faults;
  const Message = "A layout must contain '{{{ @content }}}' exactly once.";
  return [...faults, { Message, Line: 1, CharacterPosition: 1 }];
}

/** Everything that may ask for values, the layout too. */
function partsOf(provider: Provider, { subject, html, text, layout }: Wanted): string[] {
  const shell = layout === null ? undefined : provider.templates.get(layout);
  return [subject, html, text, shell?.html ?? '', shell?.text ?? ''];
}
