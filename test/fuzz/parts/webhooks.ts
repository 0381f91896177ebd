import fc from 'fast-check';
import { inboundSample, providerSamples, smtpApiErrorSample } from '../../support/provider-samples.ts';
import type { Part } from '../part.ts';
import { callDoor } from '../support/fault.ts';
import { mutated, strangeJson, strangeText } from '../support/values.ts';

type Post =
  | { door: 'receive'; payload: unknown }
  | { door: 'http'; body: string; headers: Record<string, string> }
  | { door: 'socket'; bytes: string; cutOff: boolean };

const events = [...Object.values(providerSamples), smtpApiErrorSample, inboundSample];

/** Events that are nearly right, bodies that are none, and requests that are hardly HTTP. */
export const webhooks: Part<Post> = {
  name: 'webhooks',
  share: 290,
  inputs({ webhookLogin }) {
    const event = fc.constantFrom<unknown>(...events).chain(one => mutated(one));
    const payload = fc.oneof({ weight: 9, arbitrary: event }, { weight: 1, arbitrary: strangeJson });
    const body = fc.oneof(
      { weight: 6, arbitrary: payload.map(jsonOf) },
      { weight: 1, arbitrary: strangeText },
      {
        weight: 1,
        arbitrary: fc.tuple(payload, fc.nat(200)).map(([one, at]) => jsonOf(one).slice(0, at)),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom('[', '{"a":'), fc.nat(5_000))
          .map(([open, times]) => open.repeat(times)),
      },
      { weight: 1, arbitrary: fc.nat(2_000).map(depth => `${'['.repeat(depth)}${']'.repeat(depth)}`) },
    );
    const headerText = strangeText.map(text => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').slice(0, 500));
    const headers = fc.record(
      {
        'content-type': fc.oneof(
          { weight: 5, arbitrary: fc.constant('application/json') },
          {
            weight: 1,
            arbitrary: fc.constantFrom(
              'text/plain',
              'application/json; charset=utf-16',
              'application/json; charset=x',
              'multipart/form-data',
              'a/b/c',
            ),
          },
          { weight: 1, arbitrary: headerText },
        ),
        authorization: fc.oneof(
          { weight: 8, arbitrary: fc.constant(webhookLogin) },
          { weight: 1, arbitrary: headerText.map(text => `Basic ${text}`) },
          { weight: 1, arbitrary: headerText },
        ),
        'content-encoding': fc.constantFrom('gzip', 'identity', 'br', 'x'),
        'x-forwarded-for': headerText,
        'x-forwarded-host': headerText,
        'x-postlane-probe': headerText,
        accept: headerText,
      },
      { requiredKeys: ['content-type', 'authorization'] },
    );
    const usual = fc.constant({ 'content-type': 'application/json', authorization: webhookLogin });
    const line = fc.constantFrom(
      ...[
        'POST /webhooks/postmark HTTP/1.1',
        'POST /webhooks/%ff HTTP/1.1',
        'POST http://[::1/ HTTP/1.1',
        'GET /webhooks/postmark HTTP/1.0',
      ],
      ...[
        'POST /webhooks/postmark/../../health HTTP/1.1',
        'OPTIONS * HTTP/1.1',
        'POST // HTTP/1.1',
        'GET /\u0000 HTTP/1.1',
      ],
    );
    const host = fc.oneof(
      fc.constantFrom('127.0.0.1', '[::1', 'a b', '', 'x:99999', 'é', 'a,b', '..'),
      strangeText,
    );
    const bytes = fc
      .tuple(line, host, fc.oneof(fc.constant(webhookLogin), strangeText), body, fc.nat(50))
      .map(([first, named, login, text, more]) =>
        [
          first,
          `Host: ${named}`,
          `Authorization: ${login}`,
          'Content-Type: application/json',
          `Content-Length: ${Buffer.byteLength(text) + (more > 40 ? more : 0)}`,
          '',
          text,
        ].join('\r\n'),
      );
    return fc.oneof(
      { weight: 8, arbitrary: payload.map(one => ({ door: 'receive' as const, payload: one })) },
      {
        weight: 6,
        arbitrary: fc.record({ door: fc.constant('http' as const), body, headers: fc.oneof(usual, headers) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ door: fc.constant('socket' as const), bytes, cutOff: fc.boolean() }),
      },
    );
  },
  async attempt({ mail, http }, post) {
    if (post.door === 'receive') return callDoor(() => mail.receive('postmark', post.payload));
    if (post.door === 'socket') return http.write(Buffer.from(post.bytes, 'utf8'), post.cutOff);
    const { headers, body } = post;
    await http.ask({ method: 'POST', path: '/webhooks/postmark', headers, body });
  },
};

/** What a program would post of it; nothing, where it cannot be written as JSON. */
function jsonOf(one: unknown): string {
  try {
    return JSON.stringify(one) ?? '';
  } catch {
    return '';
  }
}
