/** Whose work waits in a queue. */
export interface Caller {
  /** Turns go round among names, so that nobody's many keep another's one from its turn. */
  name: string;
  /** True for somebody who is signed in, or has been at this browser: strangers cannot take this place. */
  known: boolean;
}

/** A place in the queue, held from {@link HashQueue.enter} on. */
export interface Place {
  /** Does work when its turn comes; once. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Gives the place up, unless its work has begun or is done. */
  leave(): void;
}

/** Work of many callers, some of it at a time, with a bound to how much waits. */
export interface HashQueue {
  /** Throws {@link QueueFull} when the caller has no place to wait in. */
  enter(caller: Caller): Place;
}

/** There is more work than can be done in good time: later. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

/** `perCaller` bounds the places of one name, `strangers` those of all that are not known. */
export function createHashQueue({
  atOnce,
  perCaller,
  strangers,
}: {
  atOnce: number;
  perCaller: number;
  strangers: number;
}): HashQueue {
  const places = new Map<string, number>();
  // The first name's turn is next; after it, the name goes to the end.
  const waiting = new Map<string, (() => void)[]>();
  let [running, strange] = [0, 0];

  const begin = () => {
    const [next] = waiting;
    if (running >= atOnce || !next) return;
    const [key, [start, ...later]] = next;
    waiting.delete(key);
    if (later.length > 0) waiting.set(key, later);
    running += 1;
    start?.();
  };

  return {
    enter({ name, known }) {
      const key = `${known ? 'known' : 'stranger'} ${name}`;
      const held = places.get(key) ?? 0;
      if (held >= perCaller || (!known && strange >= strangers)) throw new QueueFull('No place is left.');
      places.set(key, held + 1);
      strange += known ? 0 : 1;
      let isHeld = true;
      const leave = () => {
        if (!isHeld) return;
        isHeld = false;
        strange -= known ? 0 : 1;
        const rest = (places.get(key) ?? 1) - 1;
        if (rest > 0) places.set(key, rest);
        else places.delete(key);
      };
      const turn = () =>
        new Promise<void>(resolve => {
          const start = () => {
            leave();
            resolve();
          };
          waiting.set(key, [...(waiting.get(key) ?? []), start]);
          begin();
        });
      return {
        leave,
        async run(work) {
          await turn();
          try {
            return await work();
          } finally {
            running -= 1;
            begin();
          }
        },
      };
    },
  };
}
