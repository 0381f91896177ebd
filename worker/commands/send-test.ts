import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mail, MessageDetails, MessageState, TimelineEntry } from '../../server/mail/index.ts';
import { type AddCommands, CommandError, exitCodes } from './command.ts';
import { withExample } from './help.ts';
import { moment, table } from './layout.ts';
import { readJsonObject, wholeNumber } from './values.ts';

interface Given {
  to: string;
  data?: string;
  locale?: string;
  brand?: string;
  wait: number;
}

/** `postlane send-test`: one real message, followed until its provider has answered. */
export const addSendTest: AddCommands = (program, context) => {
  withExample(
    program
      .command('send-test <template>')
      .description('send a template as real mail, wait, and print the answer and the timeline')
      .requiredOption('--to <address>', 'who gets it')
      .option('--data <file>', 'its data as JSON, in place of the template’s sample')
      .option('--locale <locale>', 'such as de')
      .option('--brand <name>', 'in whose name, in place of the default brand')
      .option('--wait <seconds>', 'how long to wait for an answer', wholeNumber, 30),
    'postlane send-test order-confirmation --to ada@shop.example',
    'postlane send-test order-confirmation --to ada@shop.example --data order.json --locale de',
  ).action((template: string, given: Given) =>
    context.withMail(async mail => {
      const { to, locale, brand } = given;
      const data =
        given.data === undefined ? await sampleOf(mail, template, brand) : await dataIn(given.data);
      const { id } = await mail.send({ template, to, data, tag: 'send-test', locale, brand });
      const message = await settled(mail, id, given.wait, context.signal);
      const timeline = await mail.messages.timeline(id);
      const good = message.state === 'sent' || message.state === 'delivered';
      const { state, reason, stream, transport } = message;
      context.answer(
        described(message, timeline),
        { id, state, reason, stream, transport, timeline },
        good ? 0 : exitCodes.no,
      );
    }),
  );
};

async function sampleOf(mail: Mail, template: string, brand?: string): Promise<Record<string, unknown>> {
  const published = async (key: string) =>
    (await mail.templates.get({ kind: 'template', key }))?.published?.source;
  const own = brand === undefined ? undefined : await published(`${brand}.${template}`);
  const source = own ?? (await published(template));
  if (source?.kind === 'template') return source.content.sample;
  const keys = await mail.templates.keys();
  const there = keys.length > 0 ? `there are ${keys.join(', ')}` : 'none is: run postlane templates push';
  throw new CommandError(`No template ${template} is published; ${there}.`);
}

const dataIn = async (file: string) => readJsonObject(file, await readFile(file, 'utf8').catch(() => null));

const waiting: ReadonlySet<MessageState> = new Set(['queued', 'sending']);

async function settled(
  mail: Mail,
  id: string,
  seconds: number,
  signal: AbortSignal,
): Promise<MessageDetails> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const message = await mail.messages.get(id);
    if (!message) throw new CommandError('The message was removed meanwhile.');
    if (!waiting.has(message.state) || Date.now() > until) return message;
    await sleep(200, undefined, { signal });
  }
}

const meanings: Partial<Record<MessageState, string>> = {
  queued: 'It still waits. Bulk mail and retries are handed over by the worker: is one running?',
  sending: 'It is still being handed over.',
  unknown: 'It may or may not have been accepted; the worker asks the provider.',
  suppressed: 'It was not sent, for this recipient must not be mailed.',
  held: 'It is held.',
};

function described(
  { id, state, reason, recipient, stream, transport }: MessageDetails,
  timeline: readonly TimelineEntry[],
): string {
  const why = reason ? ` (${reason})` : '';
  return [
    `${id} to ${recipient} on ${stream} by ${transport}: ${state}${why}`,
    ...(meanings[state] ? [meanings[state]] : []),
    '',
    table(timeline.map(({ at, what, detail }) => [moment(at), what, detail])),
  ].join('\n');
}
