import { MECHANISMS } from './auth/mechanisms.ts';
import { authenticate } from './authenticate.ts';
import { LARGEST_MESSAGE } from './input.ts';
import { receiveMessage } from './message.ts';
import { readPath } from './path.ts';
import type { Session, Work } from './session.ts';
import { startTls } from './start-tls.ts';
import { step } from './strike.ts';

type Command = (session: Session, rest: string) => Work;

const MOST_RECIPIENTS = 1000;
const OK = '250 2.0.0 Ok';

/** Carries out one line of a client. The answers are worded as Postfix words them, which is what Postmark runs. */
export function runCommand(session: Session, line: string): Work {
  const space = line.indexOf(' ');
  const word = (space < 0 ? line : line.slice(0, space)).toUpperCase();
  const command = COMMANDS.get(word);
  if (command) return command(session, space < 0 ? '' : line.slice(space + 1).trim());
  if (/^(GET|POST|PUT|HEAD|CONNECT|OPTIONS) /i.test(line))
    session.end('221 2.7.0 Error: this is no web server');
  else session.reply('502 5.5.2 Error: command not recognized');
  return undefined;
}

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['EHLO', (session, rest) => greet(session, rest, capabilities(session))],
  ['HELO', (session, rest) => greet(session, rest, [])],
  ['STARTTLS', startTls],
  ['AUTH', authenticate],
  ['MAIL', beginEnvelope],
  ['RCPT', addRecipient],
  ['DATA', receiveMessage],
  ['RSET', (session, _) => forgetEnvelope(session)],
  ['NOOP', say(OK)],
  ['VRFY', (session, rest) => say(`252 2.0.0 ${rest}`)(session, '')],
  ['ETRN', say('459 4.7.1 Service unavailable')],
  ['QUIT', (session, _) => quit(session)],
]);

function say(line: string): Command {
  return session => {
    session.reply(line);
    return undefined;
  };
}

function greet(session: Session, name: string, extensions: readonly string[]): Work {
  if (name === '') return say('501 Syntax: EHLO hostname')(session, '');
  return step(
    session,
    'smtp:ehlo',
    () => name,
    () => {
      session.greeted = true;
      session.envelope = null;
      const lines = ['localhost', ...extensions];
      session.reply(...lines.map((line, i) => `250${i < lines.length - 1 ? '-' : ' '}${line}`));
      return undefined;
    },
  );
}

function capabilities({ secure }: Session): string[] {
  const mechanisms = [...MECHANISMS.keys()].join(' ');
  return [
    'PIPELINING',
    `SIZE ${LARGEST_MESSAGE}`,
    'VRFY',
    'ETRN',
    ...(secure ? [] : ['STARTTLS']),
    `AUTH ${mechanisms}`,
    `AUTH=${mechanisms}`,
    'ENHANCEDSTATUSCODES',
    '8BITMIME',
    'DSN',
  ];
}

function beginEnvelope(session: Session, rest: string): Work {
  const path = readPath('FROM', rest);
  if (!path) return say('501 5.1.7 Bad sender address syntax')(session, '');
  return step(
    session,
    'smtp:mail',
    () => path.address,
    () => {
      const wrong = whatForbidsMail(session, path.parameters);
      if (wrong === null) session.envelope = { from: path.address, to: [] };
      session.reply(wrong ?? '250 2.1.0 Ok');
      return undefined;
    },
  );
}

function whatForbidsMail(session: Session, parameters: ReadonlyMap<string, string>): string | null {
  if (!session.greeted) return '503 5.5.1 Error: send HELO/EHLO first';
  if (!session.login) return '530 5.7.0 Authentication required';
  if (session.envelope) return '503 5.5.1 Error: nested MAIL command';
  const size = parameters.get('SIZE') ?? '0';
  if (!/^\d{1,20}$/.test(size)) return '501 5.5.4 Bad message size syntax';
  if (Number(size) > LARGEST_MESSAGE) return '552 5.3.4 Message size exceeds fixed limit';
  return unknownOption(parameters, MAIL_OPTIONS);
}

/** What may follow the address; null: any value will do. */
const MAIL_OPTIONS: ReadonlyMap<string, RegExp | null> = new Map([
  ['SIZE', null],
  ['BODY', /^(7BIT|8BITMIME)$/i],
  ['AUTH', null],
  ['RET', /^(FULL|HDRS)$/i],
  ['ENVID', null],
]);
const RCPT_OPTIONS: typeof MAIL_OPTIONS = new Map([
  ['NOTIFY', null],
  ['ORCPT', null],
]);

function unknownOption(parameters: ReadonlyMap<string, string>, options: typeof MAIL_OPTIONS): string | null {
  for (const [name, value] of parameters) {
    const pattern = options.get(name);
    if (pattern === undefined) return `555 5.5.4 Unsupported option: ${name}`;
    if (pattern && !pattern.test(value)) return `555 5.5.4 Unsupported option: ${name}=${value}`;
  }
  return null;
}

function addRecipient(session: Session, rest: string): Work {
  const path = readPath('TO', rest);
  const { envelope } = session;
  if (!envelope) return say('503 5.5.1 Error: need MAIL command')(session, '');
  if (!path || path.address === '') return say('501 5.1.3 Bad recipient address syntax')(session, '');
  const odd = unknownOption(path.parameters, RCPT_OPTIONS);
  if (odd !== null) return say(odd)(session, '');
  return step(
    session,
    'smtp:rcpt',
    () => path.address,
    () => {
      const full = envelope.to.length >= MOST_RECIPIENTS;
      const known = envelope.to.some(one => one.toLowerCase() === path.address.toLowerCase());
      if (!full && !known) envelope.to.push(path.address);
      session.reply(full && !known ? '452 4.5.3 Error: too many recipients' : '250 2.1.5 Ok');
      return undefined;
    },
  );
}

function forgetEnvelope(session: Session): Work {
  session.envelope = null;
  session.reply(OK);
  return undefined;
}

function quit(session: Session): Work {
  session.end('221 2.0.0 Bye');
  return undefined;
}
