import fc from 'fast-check';
import type { SendInput } from '../../../server/mail/index.ts';
import type { Part } from '../part.ts';
import { callDoor } from '../support/fault.ts';
import { mutated, strangeText, strangeValue } from '../support/values.ts';
import { samples } from './samples.ts';

interface Sending {
  door: 'fake' | 'send' | 'sendBatch' | 'render';
  input: unknown;
  options: unknown;
}

/** Messages by template and composed ones, most of them right but for a part or two. */
export const send: Part<Sending> = {
  name: 'send',
  share: 640,
  inputs() {
    const fields = {
      cc: ['Bob <bob@mail.example>', { email: 'c@mail.example', name: 'C' }],
      ...{ bcc: 'd@mail.example', replyTo: 'desk@shop.example', idempotencyKey: 'key-1', tag: 'receipt' },
      metadata: { order: 'A-17' },
      headers: { 'X-Order': '17' },
      attachments: [{ name: 'a.txt', content: 'aGk=', contentType: 'text/plain', contentId: 'a' }],
      ...{ locale: 'nl-BE', topic: 'news', confidential: false, stream: 'outbound' },
      ...{ sendAt: '2026-05-04T09:00:00Z', expiresAt: '2099-05-04T09:00:00Z' },
    };
    const withSome = (base: object) =>
      fc.subarray(Object.keys(fields), { maxLength: 4 }).chain(names =>
        mutated<unknown>(
          {
            ...base,
            ...Object.fromEntries(names.map(name => [name, fields[name as keyof typeof fields]])),
          },
          strangeValue,
        ),
      );
    const byTemplate = fc
      .constantFrom(...Object.entries(samples))
      .chain(([template, data]) => withSome({ template, to: 'Ada <ada@mail.example>', data }));
    const composed = withSome({
      ...{
        category: 'order',
        to: ['ada@mail.example', { email: 'bob@mail.example' }],
        subject: 'Your order',
      },
      html: '<p>It is <a href="https://shop.example/1">here</a>.</p><img src="https://shop.example/a.png" alt="a">',
      ...{ text: 'It is here.', layout: 'transactional', checkLinks: true },
    });
    const markup = fc.tuple(strangeText, strangeText).map(([one, two]) => ({
      category: 'order',
      to: 'ada@mail.example',
      subject: 'x',
      html: `<p>${one}<b>${two}`,
    }));
    return fc.record({
      door: fc.oneof(
        { weight: 30, arbitrary: fc.constant('fake' as const) },
        { weight: 5, arbitrary: fc.constantFrom('send' as const, 'sendBatch' as const, 'render' as const) },
      ),
      input: fc.oneof(byTemplate, composed, markup),
      options: fc.oneof(
        { weight: 12, arbitrary: fc.constant({}) },
        { weight: 1, arbitrary: fc.constant({ wait: true }) },
        { weight: 1, arbitrary: mutated<unknown>({ wait: true, by: 'x' }, strangeValue) },
        { weight: 1, arbitrary: strangeValue },
      ),
    });
  },
  async attempt({ fake, mail }, { door, input, options }) {
    const message = input as SendInput;
    if (door === 'fake') await callDoor(() => fake.send(message, options as object));
    else if (door === 'send') await callDoor(() => mail.send(message, options as object));
    else if (door === 'render') await callDoor(() => mail.render(input as never));
    else await callDoor(() => mail.sendBatch([message], options as object));
  },
  async tend({ fake, mail }) {
    await fake.reset();
    await mail.work.deliverDue('transactional');
    await mail.work.deliverDue('bulk');
  },
};
