import type { Sandbox } from '../../../test/sandbox/index.ts';

/** Something that happens at a moment, in ms since 1970. */
interface ScheduledEvent {
  at: number;
  run: () => unknown;
}

/** What is to happen, run in the sandbox's time, which is the module's, too. */
export class Schedule {
  readonly #events: ScheduledEvent[] = [];
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** Plans something. Events of the same moment happen in the order in which they were planned. */
  at(moment: number, run: ScheduledEvent['run']): void {
    const before = this.#events.findLastIndex(({ at }) => at <= moment);
    this.#events.splice(before + 1, 0, { at: moment, run });
  }

  /**
   * Does what is planned after `from` up to `until`, one thing after the other; what an event schedules is done as well.
   * Then it is `until`, or later where the events took longer. Rejects when `signal` says stop.
   */
  async run(
    from: number,
    until: number,
    signal: AbortSignal,
    onEvent: (at: number) => unknown,
  ): Promise<void> {
    await advanceTo(this.#sandbox, from);
    for (let event = this.#events.shift(); event && event.at <= until; event = this.#events.shift()) {
      signal.throwIfAborted();
      if (event.at <= from) continue;
      await advanceTo(this.#sandbox, event.at);
      await event.run();
      await onEvent(event.at);
    }
    await advanceTo(this.#sandbox, until);
  }
}

/** Moves the sandbox's clock on to a moment; what falls due on the way happens. Nothing when it is later already. */
export async function advanceTo({ clock }: Sandbox, moment: number): Promise<void> {
  const ahead = moment - clock.now().getTime();
  if (ahead > 0) await clock.advance(ahead);
}
