/** Whose work waits in a queue. */
export interface Caller {
  /** Turns go round among names, so that nobody's many keep another's one from its turn. */
  name: string;
  /** True for somebody who is signed in, or has been at this browser: strangers cannot take this place. */
  known: boolean;
}

/** Work of many callers, some of it at a time, with a bound to how much waits. */
export interface HashQueue {
  /** True while the caller has a place. */
  hasRoom(caller: Caller): boolean;
  /** Does work when its turn comes. Rejects with {@link QueueFull} when there is no place to wait. */
  run<T>(caller: Caller, work: () => Promise<T>): Promise<T>;
}

/** There is more work than can be done in good time: later. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

/** `perCaller` bounds what waits for one name, `strangers` what waits for all that are not known. */
export function createHashQueue({
  atOnce,
  perCaller,
  strangers,
}: {
  atOnce: number;
  perCaller: number;
  strangers: number;
}): HashQueue {
  // The first name's turn is next; after it, the name goes to the end.
  const waiting = new Map<string, (() => void)[]>();
  let [running, strange] = [0, 0];

  const begin = () => {
    const [next] = waiting;
    if (running >= atOnce || !next) return;
    const [name, [start, ...later]] = next;
    waiting.delete(name);
    if (later.length > 0) waiting.set(name, later);
    running += 1;
    start?.();
  };
  const turn = ({ name, known }: Caller) =>
    new Promise<void>(resolve => {
      const key = nameOf(name, known);
      const start = () => {
        strange -= known ? 0 : 1;
        resolve();
      };
      strange += known ? 0 : 1;
      waiting.set(key, [...(waiting.get(key) ?? []), start]);
      begin();
    });
  const hasRoom = ({ name, known }: Caller) =>
    (waiting.get(nameOf(name, known))?.length ?? 0) < perCaller && (known || strange < strangers);

  return {
    hasRoom,
    async run(caller, work) {
      if (!hasRoom(caller)) throw new QueueFull('Too much work waits already.');
      await turn(caller);
      try {
        return await work();
      } finally {
        running -= 1;
        begin();
      }
    },
  };
}

function nameOf(name: string, known: boolean): string {
  return `${known ? 'known' : 'stranger'} ${name}`;
}
