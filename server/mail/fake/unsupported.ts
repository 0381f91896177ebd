import type { Db } from '../../../db/connect.ts';

/** The part of the module that works without a database, and for the rest an error that says what to use instead. */
export function withRest<T extends object>(name: string, part: Partial<T>): T {
  return new Proxy(part, {
    get: (target, property) => (typeof property === 'string' ? memberOf(name, target, property) : undefined),
  }) as T;
}

function memberOf(name: string, part: object, property: string): unknown {
  // What awaits or prints an object asks for these.
  if (property in part || property === 'then' || property === 'toJSON' || property === 'inspect')
    return part[property as keyof typeof part];
  const path = `${name}.${property}`;
  const refuse = async () => {
    throw needsDatabase(path);
  };
  return new Proxy(refuse, {
    get: (_, below) => (typeof below === 'string' ? memberOf(path, {}, below) : undefined),
  });
}

/** The refusal of what there is no fake of. */
export function needsDatabase(path: string): Error {
  return new Error(`fakeMail has no ${path}, which needs the database: use captureMail for this test.`);
}

/** In the place of the pool: what reaches it has gone too far. */
export function noDatabase(): Db {
  const refuse = (): never => {
    throw needsDatabase('database');
  };
  return new Proxy(refuse, { get: refuse }) as unknown as Db;
}
