/**
 * Opens something before each test of the suite around it and closes it afterwards. What it returns gives what is open
 * now, to be asked in tests and hooks only.
 */
export function openForEachTest<T>(open: () => Promise<T>, close: Close<T> = async () => {}): () => T {
  const held = new Held<T>();
  beforeEach(async () => held.take(await open()));
  afterEach(() => held.give(close));
  return () => held.now();
}

/** The same, opened once for all tests of the suite. */
export function openForAllTests<T>(open: () => Promise<T>, close: Close<T> = async () => {}): () => T {
  const held = new Held<T>();
  before(async () => held.take(await open()));
  after(() => held.give(close));
  return () => held.now();
}

/**
 * An object whose every property is that of what `now` gives when it is used: a suite can name it once, as a constant,
 * before the first one is open.
 */
export function standIn<T extends object>(now: () => T): T {
  return new Proxy<T>(Object.create(null), {
    get(_, key) {
      const it = now();
      const value: unknown = Reflect.get(it, key);
      return typeof value === 'function' ? value.bind(it) : value;
    },
    set: (_, key, value) => Reflect.set(now(), key, value),
    has: (_, key) => Reflect.has(now(), key),
  });
}

type Close<T> = (opened: T) => Promise<unknown>;

/** What is open, if anything; nothing is left to close when opening failed. */
class Held<T> {
  #opened: { it: T } | null = null;

  take(it: T): void {
    this.#opened = { it };
  }

  now(): T {
    if (!this.#opened) throw new Error('Nothing is open yet: use it in a test or a hook.');
    return this.#opened.it;
  }

  async give(close: Close<T>): Promise<void> {
    const closing = this.#opened;
    this.#opened = null;
    if (closing) await close(closing.it);
  }
}
