import fc from 'fast-check';
import type { Source, TemplateSource } from '../../../server/mail/index.ts';
import type { Part } from '../part.ts';
import { callDoor, crash } from '../support/fault.ts';
import { broken, contract, grammar, html, mjml, nested, sample } from '../support/template-grammar.ts';
import { mutated, strangeJson, strangeText } from '../support/values.ts';
import type { World } from '../world.ts';

interface Editing {
  door: 'review' | 'http' | 'draft' | 'mjml' | 'layout';
  content: TemplateSource;
  data: unknown;
  locale: string | null;
}

const key = 'order-confirmation';
const ref = { kind: 'template', key } as const;

/** What an editor types: compiled, checked, rendered and compared, by the threads that the product uses. */
export const templates: Part<Editing> = {
  name: 'templates',
  share: 8,
  inputs() {
    const some = (good: fc.Arbitrary<string>) =>
      fc.oneof(
        { weight: 12, arbitrary: good },
        { weight: 3, arbitrary: broken(good) },
        { weight: 1, arbitrary: nested },
        { weight: 1, arbitrary: strangeText },
      );
    const parts = fc.record(
      {
        subject: some(fc.array(grammar.mustache, { maxLength: 2 }).map(all => `Order ${all.join(' ')}`)),
        html: some(html),
        text: some(grammar.body),
        preheader: some(grammar.mustache),
        mjml: some(mjml),
      },
      { requiredKeys: ['subject', 'html'] },
    );
    // MJML takes ten times as long as HTML does.
    const usual = fc.oneof(
      { weight: 5, arbitrary: parts.map(({ mjml: _, ...rest }) => rest) },
      { weight: 1, arbitrary: parts },
    );
    const content = fc.record(
      {
        category: fc.constantFrom('order', 'order', 'order', 'newsletter', 'nothing'),
        description: fc.constant('x'),
        layout: fc.constantFrom('transactional', 'transactional', 'none', 'nothing'),
        contract: fc.oneof(
          { weight: 6, arbitrary: fc.constant<unknown>(contract) },
          { weight: 1, arbitrary: mutated<unknown>(contract) },
        ),
        sample: fc.oneof(
          { weight: 6, arbitrary: fc.constant<unknown>(sample) },
          { weight: 1, arbitrary: mutated<unknown>(sample) },
        ),
        locales: fc.oneof(
          { weight: 5, arbitrary: usual.map(one => ({ default: one })) },
          {
            weight: 1,
            arbitrary: fc.tuple(usual, usual).map(([one, other]) => ({ default: one, nl: other })),
          },
        ),
      },
      { requiredKeys: ['category', 'description', 'layout', 'contract', 'sample', 'locales'] },
    );
    return fc.record({
      door: fc.oneof(
        { weight: 8, arbitrary: fc.constant('review' as const) },
        {
          weight: 3,
          arbitrary: fc.constantFrom('http' as const, 'draft' as const, 'layout' as const, 'mjml' as const),
        },
      ),
      content: content as fc.Arbitrary<unknown> as fc.Arbitrary<TemplateSource>,
      data: fc.oneof(
        { weight: 3, arbitrary: mutated<unknown>(sample) },
        { weight: 1, arbitrary: strangeJson },
      ),
      locale: fc.oneof(
        fc.constantFrom(null, 'nl', 'nl-BE', 'en', 'x'),
        strangeText.map(text => text.slice(0, 35)),
      ),
    });
  },
  async attempt(world, { door, ...editing }) {
    await doors[door](world, editing);
  },
};

type Attempt = (world: World, editing: Omit<Editing, 'door'>) => Promise<void>;

const doors: Record<Editing['door'], Attempt> = {
  review: ({ mail }, { content, data, locale }) =>
    callDoor(async () => {
      for (const one of await mail.templates.review({ ...ref, content } as Source)) {
        refuseOverrun(one.issues);
        if (!one.content) continue;
        const options = { locale, overrides: data as Record<string, unknown>, issues: false };
        const { problem } = await mail.templates.preview(one.content, options);
        if (problem) refuseOverrun([problem]);
      }
    }),
  layout: ({ mail }, { content }) =>
    callDoor(async () => {
      const { html: page, text = '' } = content.locales.default;
      const source = { kind: 'layout', key: 'transactional', content: { html: page, text } } as const;
      await mail.templates.compose(source, key);
    }),
  mjml: ({ mail }, { content }) =>
    callDoor(async () => {
      const { mjml: source, html: page } = content.locales.default;
      refuseOverrun((await mail.templates.compileMjml(source ?? page)).issues);
    }),
  draft: ({ mail }, { content }) =>
    callDoor(async () => {
      const view = await mail.templates.get(ref);
      if (!view?.published) return;
      await mail.templates.saveDraft({ ...ref, content }, { revision: view.revision, by: 'cli' });
      await mail.templates.diff(ref, view.published.version, 'draft');
    }),
  async http({ http, browser }, { content, data }) {
    const { cookie, token } = await browser('editor');
    const headers = {
      cookie,
      'x-csrf-token': token,
      'content-type': 'application/json',
      accept: 'application/json',
    };
    const { locales, category, layout, description } = content;
    const rows = Object.entries(content.contract).map(([path, spec]) => ({
      path,
      type: String((spec as { type?: unknown } | null)?.type),
    }));
    const form = { category, layout, description, locales, rows, sample: JSON.stringify(data) };
    await http.ask({
      method: 'POST',
      path: `/templates/${key}/preview`,
      headers,
      body: JSON.stringify(form),
    });
    await http.ask({
      method: 'POST',
      path: `/templates/${key}/draft`,
      headers,
      body: JSON.stringify({ ...form, revision: '0' }),
    });
  },
};

/** Sources of the grammar are small: what uses up a thread all the same does so by its kind. */
function refuseOverrun(issues: readonly { rule: string; message: string }[]): void {
  const overrun = issues.find(({ rule }) => rule === 'time' || rule === 'memory');
  if (overrun) throw crash(`a thread used up its ${overrun.rule}: ${overrun.message}`);
}
