import type { Express } from 'express';
import request, { type Response } from 'supertest';
import type { Person } from '../../server/admin/person.ts';
import type { Mail } from '../../server/mail/index.ts';
import { openPagesMail, type PagesMail } from './pages-mail.ts';

/** A browser without a script: cookies, tokens and forms. */
export interface Visitor {
  get(path: string): Promise<Response>;
  post(path: string, fields: Record<string, string>): Promise<Response>;
  /** As the editor's script does. */
  send(path: string, fields: Record<string, string>): Promise<Response>;
}

/** The template pages as their users see them; paths begin behind `/templates`. */
export interface TemplateDesk {
  /** Somebody with that role; their id is the role where none is given. */
  visit(role?: Person['role'], id?: string): Promise<Visitor>;
  revisionOf(key: string): Promise<string>;
  /** The editor's form for one template, with changes. */
  formOf(key: string, changes: Record<string, string>): Promise<Record<string, string>>;
}

/** A desk at pages of its own, opened before a suite's tests and closed after the last. */
export function useTemplateDesk(): TemplateDesk & { pages(): PagesMail } {
  let opened: PagesMail;
  let desk: TemplateDesk;
  before(async () => {
    opened = await openPagesMail();
    desk = templateDesk(opened.mail, person => opened.appAt('/', person));
  });
  after(() => opened.mail.close());
  return {
    pages: () => opened,
    visit: (...who) => desk.visit(...who),
    revisionOf: key => desk.revisionOf(key),
    formOf: (...form) => desk.formOf(...form),
  };
}

/** A desk at an app that believes whom it is told. */
export function templateDesk(mail: Mail, appFor: (person: Person) => Express): TemplateDesk {
  const desk: TemplateDesk = {
    async visit(role = 'admin', id = role) {
      const agent = request.agent(appFor({ id, name: id, role, email: `${id}@shop.example` }));
      const { text } = await agent.get('/templates');
      const token = /csrf-token" content="([^"]+)"/.exec(text)?.[1] ?? '';
      return {
        get: path => agent.get(`/templates${path}`),
        post: (path, fields) =>
          agent
            .post(`/templates${path}`)
            .type('form')
            .send({ ...fields, _csrf: token }),
        send: (path, fields) =>
          agent
            .post(`/templates${path}`)
            .type('form')
            .set({ Accept: 'application/json', 'X-CSRF-Token': token })
            .send(fields),
      };
    },
    revisionOf: async key => String((await mail.templates.get({ kind: 'template', key }))?.revision),
    async formOf(key, changes) {
      const visitor = await desk.visit();
      const { text } = await visitor.get(`/${key}`);
      return { ...fieldsIn(text), revision: await desk.revisionOf(key), ...changes };
    },
  };
  return desk;
}

/** The fields of the editor's form as a browser would send them. */
export function fieldsIn(html: string): Record<string, string> {
  const form =
    /<form class="editor"[\s\S]*?<\/form>/.exec(html)?.[0].replace(/<template[\s\S]*?<\/template>/g, '') ??
    '';
  const fields: Record<string, string> = {};
  for (const [, name = '', value = ''] of form.matchAll(
    /<textarea[^>]* name="([^"]+)"[^>]*>\n?([\s\S]*?)<\/textarea>/g,
  ))
    fields[name] = unescaped(value);
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
    const {
      name,
      value = '',
      type,
    } = Object.fromEntries(
      [...input.matchAll(/(\w+)="([^"]*)"/g)].map(([, n, v]) => [n, unescaped(v ?? '')]),
    );
    if (name && (type !== 'checkbox' || / checked/.test(input)))
      fields[name] = type === 'hidden' ? value : value.replace(/[\r\n]/g, '');
  }
  for (const [, name = '', options = ''] of form.matchAll(
    /<select[^>]*? name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g,
  ))
    fields[name] = unescaped(
      /<option[^>]* selected>([^<]*)/.exec(options)?.[1] ??
        /<option(?: value="([^"]*)")?/.exec(options)?.[1] ??
        '',
    );
  return fields;
}

function unescaped(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text.replace(/&(?:#x([0-9A-F]+)|(\w+));/gi, (_, code, name) =>
    code ? String.fromCodePoint(Number.parseInt(code, 16)) : (named[name] ?? ''),
  );
}

/** The line that the next page will show. */
export function noticeIn(cookies: string[]): string {
  const value = cookies.map(cookie => /^postlane-flash=([^;]+)/.exec(cookie)?.[1]).find(Boolean) ?? '';
  return JSON.parse(Buffer.from(value, 'base64url').toString()).text;
}
