import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Provider } from '../provider.ts';
import { runCommand } from './commands.ts';
import { Input, LARGEST_MESSAGE, TOO_BIG } from './input.ts';
import type { Login } from './logins.ts';

/** What the final dot ends. */
export interface Envelope {
  from: string;
  to: string[];
}

/** Work that is done at once, or goes on for a while; the next line of the client waits for it. */
export type Work = Promise<void> | undefined;

type TakeLine = (line: string) => Work;
type TakeMessage = (message: Buffer | null) => Work;

const IDLE_MS = 600_000;
const LINGER_MS = 10;
/** A client that sends more than this before it is answered has to wait. */
const MOST_WAITING = 1_000_000;

/** One client: its connection, how far the dialogue is, and what was said about the next message. */
export class Session {
  /** The account's first server; whose mail this is, the login says. */
  readonly provider: Provider;
  readonly secureContext: SecureContext;
  greeted = false;
  secure = false;
  login: Login | null = null;
  envelope: Envelope | null = null;
  #socket: Socket;
  readonly #input = new Input();
  readonly #onData = (chunk: Buffer): void => this.#receive(chunk);
  #replies = '';
  #busy = false;
  #over = false;
  /** Who takes the next line; a command unless an AUTH dialogue goes on. */
  #takeLine: TakeLine | null = null;
  /** Who takes the message that is coming in; null between messages. */
  #takeMessage: TakeMessage | null = null;
  /** Who is told when the first bytes of a message are there. */
  #onFirstBytes: (() => Work) | null = null;

  constructor(provider: Provider, socket: Socket, secureContext: SecureContext) {
    this.provider = provider;
    this.secureContext = secureContext;
    this.#socket = socket;
    this.#listenTo(socket);
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Does the first thing of a dialogue; what the client sends meanwhile waits. */
  begin(work: Work): void {
    this.#waitFor(work);
    this.#flush();
  }

  /** Adds to what is sent once everything the client has sent so far is worked off. */
  reply(...lines: string[]): void {
    for (const line of lines) this.#replies += `${line}\r\n`;
  }

  /** The next line is an answer to what was asked, not a command. */
  askFor(takeLine: TakeLine): void {
    this.#takeLine = takeLine;
  }

  /** What comes next is a message; null when it is too big. `onFirstBytes` is called when it begins to come in. */
  expectMessage(takeMessage: TakeMessage, onFirstBytes: () => Work): void {
    this.#takeMessage = takeMessage;
    this.#onFirstBytes = onFirstBytes;
  }

  /** Goes on over another socket, as after STARTTLS; nothing said before counts any more. */
  moveTo(socket: Socket): void {
    this.#input.clear();
    this.#socket = socket;
    this.secure = true;
    this.greeted = false;
    this.login = null;
    this.envelope = null;
    this.#listenTo(socket);
  }

  /** Stops reading, so that another reader of the socket gets what comes next. */
  release(): Socket {
    this.#flush();
    this.#socket.removeListener('data', this.#onData);
    this.#socket.setTimeout(0);
    return this.#socket;
  }

  /** Says the last words and ends the connection, a little later so that clients do not see the end first. */
  end(line: string): void {
    this.reply(line);
    this.#flush();
    this.#over = true;
    const socket = this.#socket;
    setTimeout(() => socket.end(), LINGER_MS).unref();
  }

  /** Ends the connection without a word. */
  hangUp(): void {
    this.#over = true;
    this.#replies = '';
    this.#socket.destroy();
  }

  #listenTo(socket: Socket): void {
    socket.setNoDelay(true);
    socket.setTimeout(IDLE_MS, () => this.end('421 4.4.2 localhost Error: timeout exceeded'));
    // A client that goes away in the middle of something is no fault of ours.
    socket.on('error', () => socket.destroy());
    socket.on('data', this.#onData);
  }

  #receive(chunk: Buffer): void {
    if (this.#over) return;
    this.#input.push(chunk);
    if (!this.#busy) this.#workOff();
    else if (this.#input.length > MOST_WAITING) this.#socket.pause();
  }

  /** Takes in turn all that has come in; the replies go out together. */
  #workOff(): void {
    try {
      while (!this.#busy && !this.#over && this.#takeNext());
    } catch {
      this.end('500 5.5.2 Error: line too long');
    }
    this.#flush();
  }

  /** False when the next line or message is not complete yet. */
  #takeNext(): boolean {
    if (this.#onFirstBytes) return this.#takeFirstBytes(this.#onFirstBytes);
    if (this.#takeMessage) return this.#takeWholeMessage(this.#takeMessage);
    const line = this.#input.line();
    if (line === null) return false;
    const takeLine = this.#takeLine;
    this.#takeLine = null;
    this.#waitFor(takeLine ? takeLine(line) : runCommand(this, line));
    return true;
  }

  #takeFirstBytes(onFirstBytes: () => Work): boolean {
    if (this.#input.length === 0) return false;
    this.#onFirstBytes = null;
    this.#waitFor(onFirstBytes());
    return true;
  }

  #takeWholeMessage(takeMessage: TakeMessage): boolean {
    const message = this.#input.message(LARGEST_MESSAGE);
    if (message === null) return false;
    this.#takeMessage = null;
    this.#waitFor(takeMessage(message === TOO_BIG ? null : message));
    return true;
  }

  #waitFor(work: Work): void {
    if (!work) return;
    this.#busy = true;
    void work.then(() => {
      this.#busy = false;
      if (this.#over) return;
      this.#socket.resume();
      this.#workOff();
    });
  }

  #flush(): void {
    if (this.#replies === '' || this.#socket.destroyed) return;
    this.#socket.write(this.#replies);
    this.#replies = '';
  }
}
