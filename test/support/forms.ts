import type { Express } from 'express';
import request, { type Test } from 'supertest';

/** A browser's cookies and the token that its forms carry. */
export interface FormVisit {
  cookie: string;
  token: string;
}

/** Visits the pages as a browser would before it sends a form; `cookie` is what it has kept so far. */
export async function visitForms(app: Express, mount = '/', cookie = ''): Promise<FormVisit> {
  const { body, headers } = await request(app)
    .get(`${mount}session`)
    .set('Cookie', cookie)
    .accept('json')
    .expect(200);
  const set: string[] = [headers['set-cookie'] ?? []].flat();
  return {
    cookie: [cookie, ...set.map(line => line.split(';')[0])].filter(Boolean).join('; '),
    token: body.csrf,
  };
}

/** Sends a form of a page with the cookies and token of its visit; `path` is the whole path. */
export function postForm(app: Express, path: string, fields: object, { cookie, token }: FormVisit): Test {
  return request(app)
    .post(path)
    .set('Cookie', cookie)
    .type('form')
    .send({ ...fields, _csrf: token });
}
