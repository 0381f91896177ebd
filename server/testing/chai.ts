import { assertNotQueued, assertNotSent, assertQueued, assertSent } from './assertions.ts';
import type { Outbox } from './outbox.ts';
import type { QueuedMail, SentMail } from './sent-mail.ts';
import type { Wanted } from './wanted.ts';

declare global {
  namespace Chai {
    interface Assertion {
      /** `await expect(captured).to.have.sent({ to, template })`: once or more, or `count` times. */
      sent(wanted?: Wanted<SentMail>, count?: number): Promise<void>;
      /** The same for what waits. */
      queued(wanted?: Wanted<QueuedMail>, count?: number): Promise<void>;
    }
  }
}

/** What a plugin needs of chai; chai itself is the host's. */
export interface ChaiLike {
  Assertion: {
    addMethod(name: string, method: (this: object, ...args: unknown[]) => unknown): void;
  };
}

/** What it needs of the second thing that chai hands a plugin. */
export interface ChaiUtilsLike {
  flag(assertion: object, name: string): unknown;
}

/**
 * A plugin: `chai.use(postlaneChai)`. Then `await expect(captured).to.have.sent({ to: 'ada@example.com' })`, `.queued`, and
 * `.not` before either. Both are to be awaited.
 */
export function postlaneChai(chai: ChaiLike, utils: ChaiUtilsLike): void {
  const add = <T>(
    name: string,
    there: (outbox: Outbox, wanted?: T, count?: number) => Promise<unknown>,
    none: (outbox: Outbox, wanted: T) => Promise<void>,
  ) => {
    chai.Assertion.addMethod(name, function (this: object, ...given: unknown[]) {
      // As the declarations above have it.
      const [wanted = {} as T, count] = given as [T?, number?];
      const outbox = utils.flag(this, 'object') as Outbox;
      if (typeof outbox?.[name as keyof Outbox]?.all !== 'function')
        throw new TypeError(`${name} is asked of what captureMail or fakeMail returned.`);
      if (!utils.flag(this, 'negate')) return there(outbox, wanted, count).then(() => {});
      if (count !== undefined) throw new TypeError(`not.${name} takes no count.`);
      return none(outbox, wanted);
    });
  };
  add<Wanted<SentMail>>('sent', assertSent, assertNotSent);
  add<Wanted<QueuedMail>>('queued', assertQueued, assertNotQueued);
}
