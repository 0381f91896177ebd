import fc from 'fast-check';
import { signedToken } from '../../../server/mail/people/signed-links.ts';
import type { Part } from '../part.ts';
import { mutated, strangeText } from '../support/values.ts';
import { secretKey } from '../world.ts';

interface Visit {
  method: string;
  path: string;
  type: string;
  body: string;
  headers: Record<string, string>;
}

const doors = ['unsubscribe', 'unsubscribe/undo', 'preferences', 'confirm'] as const;
const form = 'application/x-www-form-urlencoded';
const wish = { sent: '1', known: ['newsletter', 'announcement'], topic: 'newsletter', allBulk: 'on' };
const report = {
  accountGuid: '0d5e0e0c-7f0c-4c7e-9d0b-0a3f6a2f4b11',
  trackingGuid: '5b0a4f7e-0d59-4b62-8a4e-1d3c0e9e7a10',
  unsubscribed: true,
};

/** The pages that links in mail lead to, with tokens that are right, nearly right and nonsense; and what other systems report. */
export const recipients: Part<Visit> = {
  name: 'recipients',
  share: 20,
  inputs({ ids, doNotContactLogin }) {
    const token = fc.nat(50).chain(at => {
      const links = { publicUrl: null, secretKeys: [secretKey] };
      const right = signedToken(links, 'recipient', ids.message[at % Math.max(ids.message.length, 1)] ?? '');
      return fc.oneof(
        { weight: 8, arbitrary: fc.constant(right) },
        { weight: 1, arbitrary: fc.nat(right.length).map(end => right.slice(0, end)) },
        { weight: 1, arbitrary: strangeText },
      );
    });
    const query = fc.oneof(
      fc.constant(''),
      strangeText.map(text => `?lang=${encoded(text)}`),
    );
    const body = fc.oneof(
      { weight: 4, arbitrary: mutated(wish, strangeText).map(formOf) },
      { weight: 1, arbitrary: fc.constant('List-Unsubscribe=One-Click') },
      { weight: 1, arbitrary: strangeText },
    );
    const page = fc
      .record({
        method: fc.constantFrom('GET', 'HEAD', 'POST', 'POST', 'POST', 'PUT'),
        door: fc.constantFrom(...doors),
        ...{ token, query, body },
        type: fc.oneof(
          fc.constant(form),
          fc.constantFrom('multipart/form-data; boundary=x', 'application/json', ''),
        ),
        language: strangeText.map(text => text.replace(/[^\x20-\x7e]/g, '').slice(0, 200)),
      })
      .map(({ door, token, query, language, ...rest }) => {
        const [first, last] = door.split('/');
        const path = `/${first}/${encoded(token)}${last ? `/${last}` : ''}${query}`;
        return { ...rest, path, headers: { 'accept-language': language } };
      });
    const reported = fc.oneof(
      { weight: 4, arbitrary: mutated(report).map(one => JSON.stringify(one) ?? '') },
      { weight: 1, arbitrary: mutated(report, strangeText).map(formOf) },
      { weight: 1, arbitrary: strangeText },
    );
    const system = fc.record({
      method: fc.constant('POST'),
      path: fc.constant('/api/DoNotContact/ProcessUnsubscribe'),
      type: fc.constantFrom('application/json', form, 'text/plain', ''),
      body: reported,
      headers: fc.constant({ authorization: doNotContactLogin }),
    });
    return fc.oneof({ weight: 3, arbitrary: page }, { weight: 1, arbitrary: system });
  },
  async attempt({ http }, { method, path, type, body, headers }) {
    const sent = method === 'GET' || method === 'HEAD' ? {} : { body };
    await http.ask({ method, path, headers: { ...headers, ...(type && { 'content-type': type }) }, ...sent });
  },
};

/** As a part of a path; half of a pair of surrogates cannot be written as one. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text.slice(0, 2_000)).toString());
}

function formOf(fields: unknown): string {
  const pairs = Object.entries(Object(fields)).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  return new URLSearchParams(pairs).toString();
}
