import { setTimeout as sleep } from 'node:timers/promises';
import {
  BaseNotificationChannel,
  type JobNotification,
  type JobParameters,
  type JobStateNotification,
  type StateNotificationHandler,
  toJobId,
} from 'agenda';
import { type TransactionContext, transactionEnd } from '../database/transaction-context.ts';
import type { Signal } from './signal-reader.ts';
import { StateSharing, type StateSharingParts } from './state-sharing.ts';

/** What a channel is made of. */
export interface ChannelParts extends StateSharingParts {
  context: TransactionContext;
  /** Whether to ask the others for theirs while somebody here has subscribed. */
  hearsStates: boolean;
  /** Agenda has stopped or drained. */
  onDisconnect(): Promise<void>;
}

const patienceMs = 200;
const burstMs = 20;
const calmSaves = 10; // within burstMs
const refillAfterMs = 1;
const largestRefill = 20;
const largestStep = 2;

/** Wakes job processors: in this process at once, in others by the signal table. */
export class MysqlNotificationChannel extends BaseNotificationChannel {
  private readonly parts: ChannelParts;
  private readonly announced = new WeakMap<object, Map<string, number>>(); // transaction -> name -> earliest due
  private readonly endedRuns = new Map<string, number>(); // name -> runs that ended since the last refill
  private readonly states: StateSharing;
  private burst = { since: 0, saves: 0 };

  constructor(parts: ChannelParts) {
    super();
    this.parts = parts;
    this.states = new StateSharing(parts);
    this.on('error', error => parts.onError(error));
  }

  override async connect(): Promise<void> {
    await this.listen();
    this.setState('connected');
  }

  override async disconnect(): Promise<void> {
    this.setState('disconnected');
    this.stopWatching();
    await this.parts.signals?.close();
    await this.parts.onDisconnect();
  }

  /**
   * Wakes the processors that may run the job; inside a caller's transaction not before it has committed. In a flood of saves
   * it waits a moment for the workers of this process to fetch: a producer beside them that never waits would starve
   * them of the one event loop (5,000 jobs saved 50 at a time started after 2 s at the median, so after 40 ms). A
   * single save does not wait, or its job could end before it resolves, and a caller that then listens for that hears nothing.
   */
  override async publish(notification: JobNotification): Promise<void> {
    this.requireConnection();
    const trx = this.parts.context.transaction();
    if (!trx) {
      const heard = this.deliver(notification);
      const told = this.parts.signals?.announce(notification);
      if (this.handlers.size === 0) return told;
      told?.catch(this.parts.onError);
      if (this.isFlood()) await Promise.race([heard, sleep(patienceMs, undefined, { ref: false })]);
      return;
    }
    if (!this.isEarliest(trx, notification)) return;
    await this.parts.signals?.announceIn(this.parts.context.database(), notification);
    void transactionEnd(trx).then(() => this.deliver(notification));
  }

  /**
   * A job was saved. Agenda publishes that only where a processor was started; a process that merely saves jobs
   * would wake nobody. Never rejects: a wake that got lost costs one processEvery.
   */
  async announceSave({ _id, name, nextRunAt, priority, disabled }: JobParameters): Promise<void> {
    if (this.state === 'connected' || !nextRunAt || disabled || !_id) return;
    const timestamp = new Date();
    const notification = { jobId: _id, jobName: name, nextRunAt, priority, timestamp };
    const trx = this.parts.context.transaction();
    try {
      if (!trx) await this.parts.signals?.announce(notification);
      else if (this.isEarliest(trx, notification))
        await this.parts.signals?.announceIn(this.parts.context.database(), notification);
    } catch (error) {
      this.emit('error', error);
    }
  }

  /** Writes what is still waiting to be told to other processes, and listens no more to their job states. */
  async flush(): Promise<void> {
    this.stopWatching();
    await this.parts.signals?.flush();
  }

  async publishState(notification: JobStateNotification): Promise<void> {
    this.requireConnection('publish state');
    void this.notifyStateHandlers(notification);
    return this.states.share(notification);
  }

  /** Hears of job states: of this process, and of the others, which are asked for them as long as somebody listens. */
  override subscribeState(handler: StateNotificationHandler): () => void {
    const unsubscribe = super.subscribeState(handler);
    if (this.parts.hearsStates) this.states.watch(() => this.listen());
    return () => {
      unsubscribe();
      if (this.stateHandlers.size === 0) this.stopWatching();
    };
  }

  /**
   * A run has ended: lets this process fetch as many jobs of the name as have ended. Without it Agenda refills
   * only on its tick, and a lockLimit would cap a name at lockLimit / processEvery.
   */
  refill(name: string): void {
    const waiting = this.endedRuns.get(name);
    this.endedRuns.set(name, (waiting ?? 0) + 1);
    if (waiting !== undefined) return;
    setTimeout(() => {
      const ended = this.endedRuns.get(name) ?? 0;
      this.endedRuns.delete(name);
      for (let wakes = Math.min(ended, largestRefill); wakes > 0; wakes--) void this.deliver(wakeFor(name));
    }, refillAfterMs);
  }

  /**
   * Every caller of a claim got a job, so there may be more: asks for some more. Not as many again, or
   * under a lock limit over all names the first to double would leave nothing to the others.
   */
  grow(name: string, callers: number): void {
    for (let wakes = Math.min(callers, largestStep, largestRefill - callers); wakes > 0; wakes--)
      void this.deliver(wakeFor(name));
  }

  /** As Agenda's own, but reports also the handler that fails later, by a promise. */
  protected override async notifyHandlers(notification: JobNotification): Promise<void> {
    await this.callAll(this.handlers, notification);
  }

  protected override async notifyStateHandlers(notification: JobStateNotification): Promise<void> {
    await this.callAll(this.stateHandlers, notification);
  }

  private async callAll<T>(handlers: Iterable<(notification: T) => unknown>, notification: T): Promise<void> {
    const called: Promise<void>[] = [];
    for (const handler of handlers) called.push(this.call(handler, notification));
    await Promise.all(called);
  }

  private async call<T>(handler: (notification: T) => unknown, notification: T): Promise<void> {
    try {
      await handler(notification);
    } catch (error) {
      this.emit('error', error);
    }
  }

  private isFlood(): boolean {
    const now = Date.now();
    if (now - this.burst.since > burstMs) this.burst = { since: now, saves: 0 };
    return ++this.burst.saves > calmSaves;
  }

  private async listen(): Promise<void> {
    await this.parts.signals?.listen(
      signal => this.receive(signal),
      () => this.states.isWatching,
    );
  }

  private receive({ kind, payload }: Signal): boolean {
    if (kind === 'job') void this.deliver(payload);
    else if (kind === 'state') void this.notifyStateHandlers(payload);
    else this.states.answer(payload.since);
    return kind !== 'watch';
  }

  private stopWatching(): void {
    if (!this.states.isWatching) return;
    this.states.stopWatching();
    if (this.state !== 'connected') void this.parts.signals?.close().catch(this.parts.onError);
  }

  private async deliver(notification: JobNotification): Promise<void> {
    if (this.state !== 'connected') return;
    await this.parts.context.outside(() => this.notifyHandlers(notification));
  }

  // One wake fetches all jobs of a name: a transaction that saves a thousand announces the earliest.
  private isEarliest(trx: object, { jobName, nextRunAt }: JobNotification): boolean {
    const announced = this.announced.get(trx) ?? new Map<string, number>();
    this.announced.set(trx, announced);
    const dueAt = nextRunAt?.getTime() ?? 0;
    if ((announced.get(jobName) ?? Infinity) <= dueAt) return false;
    announced.set(jobName, dueAt);
    return true;
  }

  // In the words of Agenda's own channels.
  private requireConnection(what = 'publish'): void {
    if (this.state !== 'connected') throw new Error(`Cannot ${what}: channel not connected`);
  }
}

function wakeFor(jobName: string): JobNotification {
  return { jobId: toJobId(''), jobName, nextRunAt: null, priority: 0, timestamp: new Date() };
}
