import type { JobStateNotification } from 'agenda';
import { watchMs } from './signal-reader.ts';
import type { Signals } from './signals.ts';

/** What the sharing of states is made of. */
export interface StateSharingParts {
  /** The table between processes; undefined: states stay in this process. */
  signals: Signals | undefined;
  /** Share them always, not only while another process asks. */
  sharesState: boolean;
  onError(error: Error): void;
}

const askEveryMs = watchMs / 3;
const lateMs = 1.5 * askEveryMs; // longer than it takes to hear that somebody watches, had a first request got lost
const mostLate = 1000;

/**
 * The states of jobs (start, success, ...) between processes. Three writes per job: they are shared while some other
 * process watches, which it says again and again.
 */
export class StateSharing {
  private readonly parts: StateSharingParts;
  private watchedUntil = 0; // another process wants to know the states of our jobs
  private unshared: JobStateNotification[] = []; // the latest, for a process that has begun to watch and was not heard yet
  private watching: NodeJS.Timeout | undefined; // we want to know theirs

  constructor(parts: StateSharingParts) {
    this.parts = parts;
  }

  /** Shares a state of a job of ours with the others, if they want to know it. */
  async share(notification: JobStateNotification): Promise<void> {
    if (this.parts.sharesState || Date.now() < this.watchedUntil)
      return this.parts.signals?.announceState(notification);
    this.unshared.push(notification);
    if (this.unshared.length > mostLate) this.unshared.splice(0, mostLate / 2);
  }

  /** Another process wants to know our states, those too that it has missed since then. */
  answer(since: Date): void {
    const isNew = Date.now() >= this.watchedUntil && !this.parts.sharesState;
    this.watchedUntil = Date.now() + watchMs;
    const earliest = Math.max(since.getTime(), Date.now() - lateMs);
    const missed = isNew ? this.unshared.filter(({ timestamp }) => timestamp.getTime() >= earliest) : [];
    this.unshared = [];
    for (const state of missed) this.parts.signals?.announceState(state).catch(this.parts.onError);
  }

  /** Whether this process wants to know the states of the others. */
  get isWatching(): boolean {
    return this.watching !== undefined;
  }

  /** Asks the others for their states, once `listen` is done, until {@link stopWatching}. */
  watch(listen: () => Promise<void>): void {
    const { signals, onError } = this.parts;
    if (!signals || this.watching) return;
    const since = new Date();
    const ask = () => signals.askForStates(since).catch(onError);
    this.watching = setInterval(ask, askEveryMs).unref();
    void listen().then(ask).catch(onError);
  }

  stopWatching(): void {
    clearInterval(this.watching);
    this.watching = undefined;
  }
}
