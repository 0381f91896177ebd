import { setTimeout as sleep } from 'node:timers/promises';
import { BaseNotificationChannel, type JobNotification, type JobStateNotification, toJobId } from 'agenda';
import { type Ambient, ended } from './ambient.ts';
import type { Signal, Signals } from './signals.ts';

/** What a channel is made of. */
export interface ChannelParts {
  ambient: Ambient;
  /** The table between processes; undefined: notifications stay in this process. */
  signals: Signals | undefined;
  /** Whether job states cross processes too: three writes per job, wanted for a live view elsewhere. */
  sharesState: boolean;
  onError(error: Error): void;
  /** Agenda has stopped or drained. */
  onDisconnect(): Promise<void>;
}

const patienceMs = 200;
const refillAfterMs = 1;
const largestRefill = 20;

/** Wakes job processors: in this process at once, in others by the signal table. */
export class MysqlNotificationChannel extends BaseNotificationChannel {
  private readonly parts: ChannelParts;
  private readonly announced = new WeakMap<object, Map<string, number>>(); // transaction -> name -> earliest due
  private readonly rooms = new Map<string, number>(); // name -> runs that ended since the last refill

  constructor(parts: ChannelParts) {
    super();
    this.parts = parts;
    this.on('error', error => parts.onError(error));
  }

  /** Makes the channel ready to publish, so that a process that never starts a processor wakes the others. */
  open(): void {
    this.setState('connected');
  }

  override async connect(): Promise<void> {
    await this.parts.signals?.listen(signal => this.receive(signal));
    this.open();
  }

  override async disconnect(): Promise<void> {
    this.setState('disconnected');
    await this.parts.signals?.close();
    await this.parts.onDisconnect();
  }

  /**
   * Inside a caller's transaction nobody is woken before it has committed. Otherwise waits a moment for workers
   * of this process to fetch: a producer beside them that never waits would starve them of the one event loop
   * (5,000 jobs saved 50 at a time started after 2 s at the median, so after 40 ms).
   */
  override async publish(notification: JobNotification): Promise<void> {
    this.requireConnection();
    const trx = this.parts.ambient.transaction();
    if (!trx) {
      const heard = this.deliver(notification);
      await this.parts.signals?.announce(notification);
      await Promise.race([heard, sleep(patienceMs, undefined, { ref: false })]);
      return;
    }
    if (!this.isNews(trx, notification)) return;
    await this.parts.signals?.announceIn(this.parts.ambient.database(), notification);
    void ended(trx).then(() => this.deliver(notification));
  }

  async publishState(notification: JobStateNotification): Promise<void> {
    this.requireConnection();
    void this.notifyStateHandlers(notification);
    if (this.parts.sharesState) await this.parts.signals?.announceState(notification);
  }

  /**
   * A run has ended: lets this process fetch as many jobs of the name as have ended. Without it Agenda refills
   * only on its tick, and a lockLimit would cap a name at lockLimit / processEvery.
   */
  refill(name: string): void {
    const waiting = this.rooms.get(name);
    this.rooms.set(name, (waiting ?? 0) + 1);
    if (waiting !== undefined) return;
    setTimeout(() => {
      const ended = this.rooms.get(name) ?? 0;
      this.rooms.delete(name);
      for (let wakes = Math.min(ended, largestRefill); wakes > 0; wakes--) void this.deliver(wakeFor(name));
    }, refillAfterMs);
  }

  /** A claim was filled to the last caller, so there may be more: asks as many again to come for it. */
  widen(name: string, callers: number): void {
    for (let wakes = Math.min(callers, largestRefill - callers); wakes > 0; wakes--)
      void this.deliver(wakeFor(name));
  }

  private receive({ kind, payload }: Signal): void {
    if (kind === 'job') void this.deliver(payload);
    else void this.notifyStateHandlers(payload);
  }

  private async deliver(notification: JobNotification): Promise<void> {
    if (this.state !== 'connected') return;
    await this.parts.ambient.outside(() => this.notifyHandlers(notification));
  }

  // One wake fetches all jobs of a name: a transaction that saves a thousand announces the earliest.
  private isNews(trx: object, { jobName, nextRunAt }: JobNotification): boolean {
    const announced = this.announced.get(trx) ?? new Map<string, number>();
    this.announced.set(trx, announced);
    const dueAt = nextRunAt?.getTime() ?? 0;
    if ((announced.get(jobName) ?? Infinity) <= dueAt) return false;
    announced.set(jobName, dueAt);
    return true;
  }

  private requireConnection(): void {
    if (this.state !== 'connected') throw new Error('Cannot publish: the channel is not connected.');
  }
}

function wakeFor(jobName: string): JobNotification {
  return { jobId: toJobId(''), jobName, nextRunAt: null, priority: 0, timestamp: new Date() };
}
