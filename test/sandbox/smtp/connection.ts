import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { SMTPServer } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { Fault, FaultPlan } from '../faults/faults.ts';
import { createCertificate } from './certificate.ts';
import { Refusal } from './refusal.ts';

/** Called once a step of the dialogue may go on; with a refusal to answer when it may not. */
export type GoOn = (refusal?: Refusal) => void;
type Done = () => void;

/** Where the status codes of Postfix, which Postmark runs, differ from the library's. */
const STATUS_CODES: Readonly<Record<string, string>> = {
  421: '4.3.2',
  452: '4.3.1',
  550: '5.7.1',
  552: '5.3.4',
  DATA_OK: '2.0.0',
};

/** The library's connection, with planned faults: those of its hooks, and those of steps for which it has no hook. */
export class SmtpConnection extends SMTPConnection {
  readonly #faults: FaultPlan;

  constructor(server: SMTPServer, socket: Socket, faults: FaultPlan, options?: SMTPConnectionOptions) {
    super(server, socket, options);
    this.#faults = faults;
  }

  /** Without the 100 ms in which the library waits for clients that talk too soon. */
  override init(): void {
    this._setListeners(() => this.connectionReady());
  }

  /** Goes on at a place in the dialogue, unless a planned fault is triggered there. */
  step(place: string, text: () => string, goOn: GoOn): void {
    const fault = this.#faults.take(place, text);
    if (fault) this.carryOut(fault, goOn);
    // The library loses its place among pipelined messages when a hook calls back at once.
    else queueMicrotask(goOn);
  }

  /** Carries out a fault: a reply with its code, a pause, silence, or the end of the connection. */
  carryOut(fault: Fault, goOn: GoOn): void {
    if (fault.kind === 'slow') setTimeout(goOn, fault.ms ?? 1000).unref();
    else if (fault.kind.startsWith('smtp-')) goOn(new Refusal(Number(fault.kind.slice('smtp-'.length))));
    else if (fault.kind !== 'timeout-after-accept') this.hangUp();
  }

  /** Ends the connection without a word. */
  hangUp(): void {
    this._socket.destroy();
  }

  override handler_EHLO(command: Buffer, done: Done): void {
    this.#stepBefore('smtp:ehlo', String(command), done, () => super.handler_EHLO(command, done));
  }

  override handler_HELO(command: Buffer, done: Done): void {
    this.#stepBefore('smtp:ehlo', String(command), done, () => super.handler_HELO(command, done));
  }

  override handler_DATA(command: Buffer, done: Done): void {
    const recipients = this.session.envelope.rcptTo.map(({ address }) => address).join(' ');
    this.#stepBefore('smtp:data', recipients, done, () => super.handler_DATA(command, done));
  }

  /** Two faults belong here alone: a handshake that fails, and a certificate that nobody was told to trust. */
  override handler_STARTTLS(command: Buffer, done: Done): void {
    const goOn = (): void => super.handler_STARTTLS(command, done);
    const fault = this.secure ? undefined : this.#faults.take('smtp:starttls');
    if (fault?.kind === 'tls-failure') this.#presentOnly(createSecureContext());
    if (fault?.kind === 'tls-untrusted') this.#presentOnly(createSecureContext(createCertificate()));
    if (!fault || fault.kind.startsWith('tls-')) goOn();
    else this.carryOut(fault, refusal => this.#answer(refusal, done, goOn));
  }

  override _getEnhancedStatusCode(code: number, context?: string | false): string {
    const own = context === false ? undefined : STATUS_CODES[context ?? code];
    return own ?? super._getEnhancedStatusCode(code, context);
  }

  #stepBefore(place: string, text: string, done: Done, goOn: () => void): void {
    this.step(
      place,
      () => text,
      refusal => this.#answer(refusal, done, goOn),
    );
  }

  #answer(refusal: Refusal | undefined, done: Done, goOn: () => void): void {
    if (refusal) {
      this.send(refusal.responseCode, refusal.message);
      done();
    } else goOn();
  }

  /** On this connection alone, the server has no other certificate than that of `context`. */
  #presentOnly(context: SecureContext): void {
    this._server = Object.create(this._server, { secureContext: { value: new Map([['*', context]]) } });
  }
}
