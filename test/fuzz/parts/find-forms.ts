import { Parser } from 'htmlparser2';
import type { World } from '../world.ts';

/** A form of the pages: where it is sent, and its fields with what they may hold. */
export interface Form {
  path: string;
  fields: [name: string, values: string[]][];
}

/** Forms that only scripts send, or that pages show at moments a visit does not meet. */
const hidden: Form[] = [
  {
    path: '/sign-in',
    fields: [
      ['email', ['admin@people.example']],
      ['password', ['x']],
      ['return', ['/messages']],
    ],
  },
  { path: '/sign-in/code', fields: [['code', ['123456']]] },
  { path: '/forgotten-password', fields: [['email', ['admin@people.example']]] },
  {
    path: '/invitation/abcdefghijklmnopqrstuvwxyz0123456789',
    fields: [['password', ['a walrus on the stairs']]],
  },
  {
    path: '/templates/frame',
    fields: [
      ['html', ['<p>x</p>']],
      ['scheme', ['dark']],
    ],
  },
  {
    path: '/templates/newsletter/preview',
    fields: [
      ['locales[default][subject]', ['x']],
      ['locales[default][html]', ['<p>{{issue}}</p>']],
      ['sample', ['{}']],
    ],
  },
  {
    path: '/templates/newsletter/draft',
    fields: [
      ['locales[default][subject]', ['x']],
      ['locales[default][html]', ['<p>{{issue}}</p>']],
      ['revision', ['0', '1']],
      ['baseVersion', ['1']],
      ['newLanguage', ['nl']],
      ['action', ['add-language']],
    ],
  },
  { path: '/profile/two-factor/confirmation', fields: [['code', ['123456']]] },
];

/** Visits the pages as an admin, and collects the forms on them; of pages that differ in ids alone, two. */
export async function findForms(world: World): Promise<Form[]> {
  const found = new Map<string, Form>(hidden.map(form => [form.path, form]));
  const seen = new Set<string>();
  const alike = new Map<string, number>();
  const ahead = [
    '/',
    '/users',
    '/profile',
    ...world.ids.message.map(id => `/messages/${id}`),
    ...world.ids.campaign.map(id => `/campaigns/${id}`),
  ];
  const { cookie } = await world.browser('admin');
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    const kind = kindOf(path);
    const times = (alike.get(kind) ?? 0) + 1;
    if (seen.has(path) || times > 2) continue;
    alike.set(kind, times);
    seen.add(path);
    const { text, headers } = await world.http.ask({ method: 'GET', path, headers: { cookie } });
    if (!String(headers['content-type']).startsWith('text/html')) continue;
    const page = readPage(text, path);
    for (const form of page.forms)
      found.set(`${kindOf(form.path)} ${form.fields.map(([name]) => name).join()}`, form);
    ahead.push(...page.links);
  }
  return [...found.values()].filter(({ path }) => !/agendash/.test(path));
}

function kindOf(path: string): string {
  const { pathname, searchParams } = new URL(path, 'http://host');
  return `${pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, '*')} ${[...searchParams.keys()].sort()}`;
}

function readPage(html: string, path: string): { forms: Form[]; links: string[] } {
  const forms: Form[] = [];
  const links: string[] = [];
  const address = (text: string) => {
    const { pathname, search } = new URL(text, `http://host${path}`);
    return pathname + search;
  };
  let form: Form | null = null;
  let select: string | null = null;
  const add = (name: string | undefined, value: string) => {
    if (!form || !name || name === '_csrf') return;
    const field = form.fields.find(([one]) => one === name);
    if (field) field[1].push(value);
    else form.fields.push([name, [value]]);
  };
  const parser = new Parser({
    onopentag(tag, { href, action, method, name, value = '', formaction }) {
      if (tag === 'a' && href && !/^[a-z]+:|^#/i.test(href)) links.push(address(href));
      if (tag === 'form' && method?.toLowerCase() === 'post') {
        form = { path: address(action ?? ''), fields: [] };
        forms.push(form);
      }
      if (formaction && form) forms.push({ path: address(formaction), fields: form.fields });
      if (tag === 'select') select = name ?? null;
      if (tag === 'option') add(select ?? undefined, value);
      if (['input', 'textarea', 'button'].includes(tag)) add(name, value);
    },
    onclosetag(tag) {
      if (tag === 'form') form = null;
    },
  });
  parser.end(html);
  return { forms, links };
}
