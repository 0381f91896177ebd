import type { Socket } from 'node:net';
import { domainToASCII } from 'node:url';
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerAuthentication,
  type SMTPServerAuthenticationResponse,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from 'smtp-server';
import type { SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { Provider } from '../state/provider.ts';
import type { Certificate } from './certificate.ts';
import { SmtpConnection } from './connection.ts';
import { findLogin, provesPassword } from './logins.ts';
import { receiveMessage } from './message.ts';
import { Refusal } from './refusal.ts';

type Callback<Result = void> = (error?: Error | null, result?: Result) => void;

const MAIL_OPTIONS = ['SIZE', 'BODY', 'AUTH', 'RET', 'ENVID'];
const RCPT_OPTIONS = ['NOTIFY', 'ORCPT'];

/** SMTP as Postmark speaks it: STARTTLS and AUTH, sizes and limits, and who may log in. */
export class SmtpServer extends SMTPServer {
  // Not #private: the hooks are also called on the view of this server that a connection with a fault has.
  private readonly provider: Provider;
  private readonly open = new Map<SMTPServerSession, SmtpConnection>();

  constructor(provider: Provider, { key, cert }: Certificate) {
    super({
      key,
      cert,
      minVersion: 'TLSv1.2',
      name: 'localhost',
      banner: 'Postlane local sandbox',
      heloResponse: '%s',
      hideENHANCEDSTATUSCODES: false,
      hideDSN: false,
      hideSMTPUTF8: true,
      size: 20_480_000,
      rejectOversized: true,
      maxRecipients: 1000,
      authMethods: ['PLAIN', 'LOGIN', 'CRAM-MD5'],
      allowInsecureAuth: true,
      authRequiredMessage: 'Authentication required',
      disableReverseLookup: true,
      socketTimeout: 600_000,
      logger: false,
    });
    this.provider = provider;
  }

  /** As in the library, but with our kind of connection. */
  override connect(socket: Socket, options: SMTPConnectionOptions): void {
    const connection = new SmtpConnection(this, socket, this.provider.faults, options);
    this.connections.add(connection);
    this.open.set(connection.session, connection);
    connection.on('error', error => this.emit('error', error));
    connection.init();
  }

  override onClose(session: SMTPServerSession): void {
    this.open.delete(session);
  }

  override onConnect(session: SMTPServerSession, callback: Callback): void {
    this.step(session, 'smtp:connect', () => '', callback);
  }

  override onAuth(
    auth: SMTPServerAuthentication,
    session: SMTPServerSession,
    callback: Callback<SMTPServerAuthenticationResponse>,
  ): void {
    this.step(
      session,
      'smtp:auth',
      () => auth.method,
      refusal => {
        const login = findLogin(this.provider.account, auth.username ?? '');
        callback(refusal, login && provesPassword(login, auth) ? { user: login } : {});
      },
    );
  }

  override onMailFrom(address: SMTPServerAddress, session: SMTPServerSession, callback: Callback): void {
    const goOn = (refusal?: Refusal): void => callback(refusal ?? unknownOption(address, MAIL_OPTIONS));
    this.step(session, 'smtp:mail', () => address.address, goOn);
  }

  override onRcptTo(address: SMTPServerAddress, session: SMTPServerSession, callback: Callback): void {
    const goOn = (refusal?: Refusal): void => callback(refusal ?? unknownOption(address, RCPT_OPTIONS));
    address.address = asGiven(address.address, session);
    this.step(session, 'smtp:rcpt', () => address.address, goOn);
  }

  override onData(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    callback: Callback<string>,
  ): void {
    const connection = this.open.get(session);
    if (!connection) return;
    receiveMessage(connection, stream).then(
      answer => callback(null, answer),
      (error: Error) => callback(error),
    );
  }

  /** Ends every connection at once, where `close` gives them half a minute. */
  stop(): Promise<void> {
    return new Promise(resolve => {
      this.close(() => resolve());
      for (const connection of this.open.values()) connection.hangUp();
    });
  }

  private step(
    session: SMTPServerSession,
    place: string,
    text: () => string,
    goOn: (refusal?: Refusal) => void,
  ): void {
    this.open.get(session)?.step(place, text, goOn);
  }
}

/** The library shows international domains in Unicode, and of one address in two spellings keeps the last. */
function asGiven(address: string, { envelope }: SMTPServerSession): string {
  const known = envelope.rcptTo.find(one => one.address.toLowerCase() === address.toLowerCase());
  if (known) return known.address;
  const [local, domain = ''] = address.split('@');
  return /^[\x20-\x7e]*$/.test(domain) ? address : `${local}@${domainToASCII(domain)}`;
}

function unknownOption({ args }: SMTPServerAddress, known: readonly string[]): Refusal | undefined {
  const unknown = Object.keys(args || {}).find(name => !known.includes(name));
  return unknown === undefined ? undefined : new Refusal(555, `Unsupported option: ${unknown}`);
}
