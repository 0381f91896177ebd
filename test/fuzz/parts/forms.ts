import { toUSVString } from 'node:util';
import fc from 'fast-check';
import type { Part } from '../part.ts';
import { strangeText } from '../support/values.ts';
import { formHeaders, type Visitor, visitors, type World } from '../world.ts';
import { type Form, findForms } from './find-forms.ts';

interface Filled {
  who: Visitor;
  form: Form;
  fields: [string, string][];
  asJson: boolean;
}

/** Found when the world is new; afterwards inputs have changed it. */
const found = new WeakMap<World, Form[]>();

/** Every form of the pages, sent by each role and by nobody, with fields that are wrong, missing, doubled or strange. */
export const forms: Part<Filled> = {
  name: 'forms',
  share: 20,
  inputs(world) {
    const known = found.get(world) ?? [];
    const { message, campaign, draft, account } = world.ids;
    const id = fc.constantFrom(...message, ...campaign, draft, ...account);
    return fc.constantFrom(...known).chain(form => {
      const value = (name: string, given: readonly string[]) =>
        fc.oneof(
          { weight: 5, arbitrary: given.length > 0 ? fc.constantFrom(...given) : fc.constant('x') },
          { weight: 3, arbitrary: strangeText },
          { weight: 1, arbitrary: id },
          {
            weight: 1,
            arbitrary: fc.constantFrom(name, 'ada@mail.example', '1', 'on', 'outbound', 'editor', '123456'),
          },
        );
      const pairs = form.fields.map(([name, given]) =>
        fc.oneof(
          { weight: 8, arbitrary: value(name, given).map(one => [[name, one]] as [string, string][]) },
          { weight: 1, arbitrary: fc.constant<[string, string][]>([]) },
          {
            weight: 1,
            arbitrary: fc
              .tuple(
                fc.constantFrom(`${name}[]`, `${name}[a]`, `${name}[__proto__]`, `${name}[0][1]`, name),
                value(name, given),
                strangeText,
              )
              .map(([other, one, two]): [string, string][] => [
                [other, one],
                [other, two],
              ]),
          },
        ),
      );
      // The path may name something else of the same kind.
      const path = fc.oneof(
        { weight: 6, arbitrary: fc.constant(form.path) },
        { weight: 1, arbitrary: id.map(one => form.path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, one)) },
        {
          weight: 1,
          arbitrary: strangeText.map(one =>
            form.path.replace(
              /[0-9a-f]{8}-[0-9a-f-]{27}/,
              encodeURIComponent(toUSVString(one.slice(0, 200))),
            ),
          ),
        },
      );
      return fc.record({
        who: fc.constantFrom(...visitors),
        form: path.map(one => ({ ...form, path: one })),
        fields: fc.tuple(...pairs).map(all => all.flat()),
        asJson: fc.oneof(
          { weight: 6, arbitrary: fc.constant(false) },
          { weight: 1, arbitrary: fc.constant(true) },
        ),
      });
    });
  },
  async attempt(world, { who, form, fields, asJson }) {
    const { cookie, token } = await world.browser(who);
    const { status, headers } = await world.http.ask({
      method: 'POST',
      path: form.path,
      headers: {
        ...formHeaders(cookie),
        ...(asJson && { 'content-type': 'application/json', accept: 'application/json' }),
      },
      body: asJson
        ? JSON.stringify({ ...Object.fromEntries(fields), _csrf: token })
        : new URLSearchParams([
            ...fields.map(([name, value]): [string, string] => [name, toUSVString(value)]),
            ['_csrf', token],
          ]).toString(),
    });
    const isSignedOut =
      status === 401 || /sign-in/.test(String(headers.location ?? '')) || /sign-outs?$/.test(form.path);
    if (isSignedOut) world.forget(who);
  },
  async tend(world) {
    await world.refresh();
    if (!found.has(world)) found.set(world, await findForms(world));
  },
};
