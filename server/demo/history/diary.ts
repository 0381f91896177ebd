import type { Sandbox } from '../../../test/sandbox/index.ts';

/** Something that happens at a moment, in ms since 1970. */
interface Act {
  at: number;
  run: () => unknown;
}

/** What is to happen, lived through in the sandbox's time, which is the module's, too. */
export class Diary {
  readonly #acts: Act[] = [];
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** Plans something. Acts of the same moment happen in the order in which they were planned. */
  at(moment: number, run: Act['run']): void {
    const before = this.#acts.findLastIndex(({ at }) => at <= moment);
    this.#acts.splice(before + 1, 0, { at: moment, run });
  }

  /**
   * Does what is planned after `from` up to `until`, one thing after the other; what an act plans is done as well.
   * Then it is `until`, or later where the acts took longer. Rejects when `signal` says stop.
   */
  async live(
    from: number,
    until: number,
    signal: AbortSignal,
    onAct: (at: number) => unknown,
  ): Promise<void> {
    await passUntil(this.#sandbox, from);
    for (let act = this.#acts.shift(); act && act.at <= until; act = this.#acts.shift()) {
      signal.throwIfAborted();
      if (act.at <= from) continue;
      await passUntil(this.#sandbox, act.at);
      await act.run();
      await onAct(act.at);
    }
    await passUntil(this.#sandbox, until);
  }
}

/** Moves the sandbox's clock on to a moment; what falls due on the way happens. Nothing when it is later already. */
export async function passUntil({ clock }: Sandbox, moment: number): Promise<void> {
  const ahead = moment - clock.now().getTime();
  if (ahead > 0) await clock.advance(ahead);
}
