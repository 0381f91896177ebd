/** The largest message in bytes, as EHLO announces it. */
export const LARGEST_MESSAGE = 20_480_000;

/** A message that grew past the limit; its content is gone. */
export const TOO_BIG = Symbol('too big');

/** More than any command needs, AUTH lines included. */
const LONGEST_LINE = 12_288;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DOT = 0x2e;
const END_OF_MESSAGE = Buffer.from('\r\n.\r\n');
const STUFFED_DOT = Buffer.from('\r\n..');
const USUAL_SIZE = 64 * 1024;

/** What a client has sent and nobody has read yet: command lines and messages, in one stretch of memory. */
export class Input {
  #store = Buffer.allocUnsafe(USUAL_SIZE);
  #start = 0;
  #end = 0;
  /** Up to here the end of the message was looked for. */
  #searched = 0;
  #tooBig = false;

  get length(): number {
    return this.#end - this.#start;
  }

  push(chunk: Buffer): void {
    this.#makeRoom(chunk.length);
    chunk.copy(this.#store, this.#end);
    this.#end += chunk.length;
  }

  /** The next line without its end, null when it is not complete. Throws when it is longer than any command. */
  line(): string | null {
    const at = this.#store.subarray(0, this.#end).indexOf(LINE_FEED, this.#start);
    const length = (at < 0 ? this.#end : at) - this.#start;
    if (length > LONGEST_LINE) throw new Error('The line is too long.');
    if (at < 0) return null;
    const end = this.#store[at - 1] === CARRIAGE_RETURN && at > this.#start ? at - 1 : at;
    const line = this.#store.toString('utf8', this.#start, end);
    this.#drop(at + 1);
    return line;
  }

  /** The message up to its final dot, with the stuffed dots taken out; null when it is not complete. */
  message(limit: number): Buffer | typeof TOO_BIG | null {
    if (this.#startsWithItsEnd()) {
      this.#drop(this.#start + 3);
      return this.#finish(Buffer.alloc(0));
    }
    const from = Math.max(this.#start, this.#searched - END_OF_MESSAGE.length);
    const at = this.#store.subarray(0, this.#end).indexOf(END_OF_MESSAGE, from);
    if (at < 0) {
      this.#searched = this.#end;
      if (this.length > limit) this.#forgetContent();
      return null;
    }
    // The line end before the dot belongs to the message.
    const message = unstuffed(this.#store.subarray(this.#start, at + 2));
    this.#drop(at + END_OF_MESSAGE.length);
    return this.#finish(message.length > limit ? TOO_BIG : message);
  }

  clear(): void {
    this.#drop(this.#end);
  }

  #startsWithItsEnd(): boolean {
    const [first, second, third] = this.#store.subarray(this.#start, Math.min(this.#end, this.#start + 3));
    return !this.#tooBig && first === DOT && second === CARRIAGE_RETURN && third === LINE_FEED;
  }

  #finish<T extends Buffer | typeof TOO_BIG>(message: T): T | typeof TOO_BIG {
    const wasTooBig = this.#tooBig;
    this.#tooBig = false;
    this.#searched = 0;
    return wasTooBig ? TOO_BIG : message;
  }

  /** Keeps only what may be the beginning of the end. */
  #forgetContent(): void {
    this.#tooBig = true;
    this.#drop(this.#end - END_OF_MESSAGE.length);
  }

  #drop(start: number): void {
    this.#start = start;
    if (this.#start < this.#end) return;
    this.#start = 0;
    this.#end = 0;
    this.#searched = 0;
    if (this.#store.length > USUAL_SIZE) this.#store = Buffer.allocUnsafe(USUAL_SIZE);
  }

  #makeRoom(size: number): void {
    if (this.#end + size <= this.#store.length) return;
    const { length } = this;
    const roomy = length + size > this.#store.length;
    const target = roomy ? Buffer.allocUnsafe(2 * (length + size)) : this.#store;
    this.#store.copy(target, 0, this.#start, this.#end);
    this.#store = target;
    this.#searched = Math.max(0, this.#searched - this.#start);
    this.#start = 0;
    this.#end = length;
  }
}

/** A copy without the dots that SMTP puts before a line that starts with one. */
function unstuffed(content: Buffer): Buffer {
  const first = content[0] === DOT && content[1] === DOT ? 1 : 0;
  const copy = Buffer.from(content.subarray(first));
  let read = copy.indexOf(STUFFED_DOT);
  if (read < 0) return copy;
  let written = 0;
  let from = 0;
  for (; read >= 0; read = copy.indexOf(STUFFED_DOT, from)) {
    written += copy.copy(copy, written, from, read + 3);
    from = read + 4;
  }
  written += copy.copy(copy, written, from);
  return copy.subarray(0, written);
}
