import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import { assetRouter, assetVersion } from '../../server/admin/assets.ts';

describe('the assets of the pages', () => {
  const version = assetVersion();
  const app = express().use(assetRouter(version));

  it('are one stylesheet and a module for each entry, without anything inline', async () => {
    const css = await request(app)
      .get('/admin.css')
      .expect(200)
      .expect('Content-Type', /text\/css/);
    expect(css.text).to.include('--accent').and.not.include('@import');
    const { body } = await request(app)
      .get('/editor.js')
      .expect(200)
      .expect('Content-Type', /text\/javascript/);
    expect(String(body)).to.not.include('sourceMappingURL');
  });

  it('may be kept for as long as their content is the same', async () => {
    const asked = await request(app).get(`/editor.js?v=${version}`);
    expect(asked.headers['cache-control']).to.equal('public, max-age=31536000, immutable');
    const [, chunk] = /"\.\/(chunk-\w+\.js)"/.exec(asked.text ?? String(asked.body)) ?? [];
    expect((await request(app).get(`/${chunk}`)).headers['cache-control']).to.include('immutable');
    expect((await request(app).get('/editor.js?v=older')).headers['cache-control']).to.equal('no-cache');
  });

  it('are nothing else', async () => {
    for (const name of ['package.json', '..%2fassets.ts', 'chunk-none.js'])
      await request(app).get(`/${name}`).expect(404);
  });
});
