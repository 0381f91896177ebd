// Registered, because one process may load this package twice, as ESM and as CommonJS.
const carried = Symbol.for('postlane.config');

/**
 * Lets a module carry the configuration it was made from, for the routers and the worker of the same process. It has
 * secrets: neither JSON, a log nor `console.log` of the module shows it.
 */
export function carryConfig<T extends object>(mail: T, config: object): T {
  return Object.defineProperty(mail, carried, { value: () => config });
}

/** The configuration that a module carries; null when it was made in another way. */
export function carriedConfig(mail: object): object | null {
  const read: unknown = (mail as { [carried]?: unknown })[carried];
  return typeof read === 'function' ? read() : null;
}

/** The same for a module that is made from another, such as one of tests: it carries what the other does. */
export function carryOn<T extends object>(from: object, to: T): T {
  const config = carriedConfig(from);
  return config === null ? to : carryConfig(to, config);
}
