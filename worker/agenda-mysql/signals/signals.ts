import type { JobNotification, JobStateNotification } from 'agenda';
import { v7 as newId } from 'uuid';
import { Batcher } from '../../../db/batcher.ts';
import type { Database } from '../database/database.ts';
import { toUtc } from '../database/utc.ts';
import { type Signal, SignalReader, watchMs } from './signal-reader.ts';

/** Takes a signal of another process; true when more of its kind are to be expected soon. */
export type Receiver = (signal: Signal) => boolean;

/** How the signal table is used. */
export interface SignalOptions {
  /** Pause between two polls while signals are coming, in ms. Default 100. */
  busyMs?: number;
  /** Pause after ten quiet seconds, in ms. Default 1,250: with one tick a second, under two queries a second. */
  idleMs?: number;
}

const coalesceMs = 20;
const quietAfterMs = 10_000;
const keepMs = watchMs;
const cleanEveryMs = 60_000;
const manyRows = 5000;
const longestError = 2000; // characters of an error that a state carries

/**
 * Notifications between processes by a small table: writers append, every listener polls for newer ids.
 * Lossy by design (a lost signal costs one processEvery), so nothing here is repeated for long.
 */
export class Signals {
  private readonly db: Database;
  private readonly options: Required<SignalOptions>;
  private readonly onError: (error: Error) => void;
  private readonly origin = newId();
  private readonly windows = new Map<string, { timer: NodeJS.Timeout; pending?: JobNotification }>();
  private readonly states = new Batcher<Signal>(signals => this.insert(this.db, signals));
  private readonly reader: SignalReader;
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> = Promise.resolve();
  private receive: Receiver | undefined;
  private wantsStates = () => false;
  private lastSignalAt = 0;
  private lastCleanAt = Date.now();
  private rowsSinceClean = 0;

  constructor(db: Database, options: SignalOptions, onError: (error: Error) => void) {
    this.db = db;
    this.reader = new SignalReader(db, this.origin);
    this.options = { busyMs: 100, idleMs: 1250, ...options };
    this.onError = onError;
  }

  /** Tells the other processes of a job, at most once per name and 20 ms. */
  async announce(notification: JobNotification): Promise<void> {
    const open = this.windows.get(notification.jobName);
    if (open) {
      open.pending = earlier(open.pending, notification);
      return;
    }
    this.openWindow(notification.jobName);
    await this.insert(this.db, [{ kind: 'job', payload: notification }]);
  }

  /** Tells the other processes as part of a transaction: they see it when it commits. */
  async announceIn(db: Database, notification: JobNotification): Promise<void> {
    await this.insert(db, [{ kind: 'job', payload: notification }]);
  }

  /** Tells the other processes what became of a job. */
  announceState(state: JobStateNotification): Promise<void> {
    const payload = state.error ? { ...state, error: state.error.slice(0, longestError) } : state;
    return this.states.add({ kind: 'state', payload });
  }

  /** Asks the other processes for the states of their jobs for the next {@link watchMs}, from that moment on. */
  async askForStates(since: Date): Promise<void> {
    await this.insert(this.db, [{ kind: 'watch', payload: { since } }]);
  }

  /** Starts to hand over what other processes announce from now on; states only while `wantsStates` says so. */
  async listen(receive: Receiver, wantsStates: () => boolean): Promise<void> {
    if (this.receive) return;
    this.receive = receive;
    this.wantsStates = wantsStates;
    try {
      for (const request of await this.reader.begin()) this.receive?.(request);
    } catch (error) {
      this.receive = undefined; // or the next call would take it for begun
      throw error;
    }
    this.pollLater();
  }

  /** Stops listening and writes what is still waiting. */
  async close(): Promise<void> {
    this.receive = undefined;
    clearTimeout(this.timer);
    await this.reading;
    await this.flush();
  }

  /** Writes what is still waiting. */
  async flush(): Promise<void> {
    const pending = [...this.windows.values()].flatMap(window => window.pending ?? []);
    for (const { timer } of this.windows.values()) clearTimeout(timer);
    this.windows.clear();
    await this.insert(this.db, pending.map(asJobSignal)).catch(this.onError);
    await this.states.idle();
  }

  private openWindow(name: string): void {
    const timer = setTimeout(() => void this.closeWindow(name).catch(this.onError), coalesceMs);
    this.windows.set(name, { timer });
  }

  private async closeWindow(name: string): Promise<void> {
    const pending = this.windows.get(name)?.pending;
    this.windows.delete(name);
    if (pending) await this.announce(pending);
  }

  private async insert(db: Database, signals: Signal[]): Promise<void> {
    if (signals.length === 0) return;
    const now = toUtc(new Date());
    await db.write(
      `INSERT INTO ${db.tables.signals} (kind, origin, payload, created_at)
       VALUES ${signals.map(() => '(?, ?, ?, ?)').join(', ')}`,
      signals.flatMap(({ kind, payload }) => [kind, this.origin, JSON.stringify(payload), now]),
    );
    this.rowsSinceClean += signals.length;
    if (db === this.db) await this.clean();
  }

  private pollLater(): void {
    const { busyMs, idleMs } = this.options;
    clearTimeout(this.timer);
    const pause = Date.now() - this.lastSignalAt < quietAfterMs ? busyMs : idleMs;
    this.timer = setTimeout(() => {
      this.reading = this.poll()
        .catch(this.onError)
        .finally(() => {
          if (this.receive) this.pollLater();
        });
    }, pause);
    this.timer.unref();
  }

  private async poll(): Promise<void> {
    const signals = await this.reader.next({ states: this.wantsStates() });
    for (const signal of coalesced(signals)) {
      if (this.receive?.(signal)) this.lastSignalAt = Date.now();
    }
    await this.clean();
  }

  // Now and then, and sooner by a process that writes much: a row that everybody has read is of no more use.
  private async clean(): Promise<void> {
    const now = Date.now();
    if (now - this.lastCleanAt < cleanEveryMs && this.rowsSinceClean < manyRows) return;
    this.lastCleanAt = now;
    this.rowsSinceClean = 0;
    const sql = `DELETE FROM ${this.db.tables.signals} WHERE created_at < ? LIMIT ${2 * manyRows}`;
    await this.db.write(sql, [toUtc(new Date(now - keepMs))]);
  }
}

function earlier(a: JobNotification | undefined, b: JobNotification): JobNotification {
  if (!a?.nextRunAt) return b;
  return !b.nextRunAt || b.nextRunAt < a.nextRunAt ? b : a;
}

function asJobSignal(payload: JobNotification): Signal {
  return { kind: 'job', payload };
}

// One wake per name is enough; states are all of interest.
function coalesced(signals: Signal[]): Signal[] {
  const jobs = new Map<string, JobNotification>();
  const others: Signal[] = [];
  for (const signal of signals) {
    if (signal.kind !== 'job') others.push(signal);
    else jobs.set(signal.payload.jobName, earlier(jobs.get(signal.payload.jobName), signal.payload));
  }
  return [...[...jobs.values()].map(asJobSignal), ...others];
}
