import { expect } from 'chai';
import express, { type Express, Router } from 'express';
import { v7 as uuid } from 'uuid';
import { may, type Permission, permissions } from '../../server/admin/permissions.ts';
import { roles } from '../../server/admin/person.ts';
import { addressOf, routesIn, type StackedRoute, withMountPaths } from '../support/route-stack.ts';
import { type AccessApp, browserAt, openAccessApp } from './access-app.ts';

/** A person of each role, and nobody. */
const everyone = [null, ...roles] as const;

describe('permissions of the routes', function () {
  this.timeout(120_000);
  let opened: AccessApp;
  let app: Express;
  let routes: StackedRoute[];

  before(async () => {
    opened = await openAccessApp();
    app = withMountPaths(() => opened.appWith({}));
    routes = routesIn(app.router as unknown as { stack: unknown[] });
    for (const role of roles) await opened.account(`${role}@shop.example`, role);
  });
  after(() => opened.mail.close());

  it('are asked for by every route there is', () => {
    expect(routes).to.have.length.above(70);
    expect(routes.filter(({ permission }) => permission === undefined)).to.deep.equal([]);
    const asked = new Set(routes.map(({ permission }) => permission as string));
    // Parts of pages, not pages.
    const partOfPage = ['messages.payloads', 'templates.test-anybody'];
    expect([...asked, ...partOfPage].sort()).to.deep.equal(Object.keys(permissions).sort());
  });

  it('are missed by a route that asks for none', () => {
    const inner = Router();
    inner.post('/:id/open', (_request, response) => void response.end());
    const [route] = routesIn(withMountPaths(() => express().use('/doors', inner)).router as never);
    expect(route).to.include({ method: 'post', path: '/doors/:id/open', permission: undefined });
  });

  for (const role of everyone) {
    it(`let ${role ?? 'nobody'} through where the structure says so, and nowhere else`, async () => {
      const browser = browserAt(app);
      if (role) await browser.signIn(`${role}@shop.example`);
      const wrong: string[] = [];
      for (const route of lastSignOut(routes)) {
        const [before, path] = [route.entered(), addressOf(route, { id: uuid(), ref: 'newsletter' })];
        const { status, text } = await (route.method === 'get' ? browser.get(path) : browser.post(path));
        const isThrough = route.entered() > before;
        const expected = may(role && { role }, route.permission as Permission);
        const refusal = role === null ? (route.method === 'get' ? 303 : 401) : 403;
        if (isThrough !== expected || status >= 500 || (!expected && status !== refusal))
          wrong.push(`${route.method} ${path}: ${status}, let through: ${isThrough}`);
        if (role && !expected) expect(text, path).to.include(`you are ${role}. An admin can change that.`);
      }
      expect(wrong).to.deep.equal([]);
    });
  }

  it('leave no route that nobody could reach', () => {
    expect(routes.filter(route => route.entered() === 0).map(({ path }) => path)).to.deep.equal([]);
  });
});

// It ends the session that the others need.
function lastSignOut(routes: readonly StackedRoute[]): StackedRoute[] {
  return [...routes].sort((a, b) => Number(a.path === '/sign-out') - Number(b.path === '/sign-out'));
}
