import type { Exchange } from './auth/exchange.ts';
import { MECHANISMS } from './auth/mechanisms.ts';
import { findLogin } from './logins.ts';
import type { Session, Work } from './session.ts';
import { refuse, step } from './strike.ts';

/** `AUTH mechanism [initial answer]`: the dialogue that logs a client in. */
export function authenticate(session: Session, rest: string): Work {
  const [name = '', initial] = rest.split(/\s+/);
  const mechanism = MECHANISMS.get(name.toUpperCase());
  const wrong = whatForbidsAuth(session);
  if (wrong !== null) session.reply(wrong);
  else if (!mechanism) session.reply('504 5.5.4 Error: unrecognized authentication type');
  else {
    return step(
      session,
      'smtp:auth',
      () => name,
      () => {
        const find = (user: string) => findLogin(session.provider.account, user);
        const exchange = mechanism(find, initial === undefined ? null : decode(initial));
        return goOn(session, exchange, exchange.next());
      },
    );
  }
  return undefined;
}

function whatForbidsAuth({ greeted, login, envelope }: Session): string | null {
  if (!greeted) return '503 5.5.1 Error: send HELO/EHLO first';
  if (login) return '503 5.5.1 Error: already authenticated';
  return envelope ? '503 5.5.1 Error: MAIL transaction in progress' : null;
}

function goOn(session: Session, exchange: Exchange, result: IteratorResult<string, Session['login']>): Work {
  if (!result.done) {
    session.reply(`334 ${Buffer.from(result.value).toString('base64')}`);
    session.askFor(line => answer(session, exchange, line.trim()));
  } else if (result.value) {
    session.login = result.value;
    session.reply('235 2.7.0 Authentication successful');
  } else refuse(session, 535);
  return undefined;
}

function answer(session: Session, exchange: Exchange, line: string): Work {
  if (line !== '*') return goOn(session, exchange, exchange.next(decode(line)));
  session.reply('501 5.7.0 Authentication aborted');
  return undefined;
}

/** A lone `=` stands for an empty initial answer. */
function decode(text: string): string {
  return text === '=' ? '' : Buffer.from(text, 'base64').toString('utf8');
}
