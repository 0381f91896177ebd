import type { Database, SqlValue } from '../database/database.ts';
import { toUtc } from '../database/utc.ts';
import { dueRows, staleRows } from './claim.ts';

/** What is pending about one job name. */
export interface ProbeRequest {
  name: string;
  nextScanAt: Date;
  lockDeadline: Date;
  /** How many are wanted. */
  limit: number;
}

/** Which kinds of claimable jobs the name has right now. */
export interface ProbeResult {
  due: boolean;
  stale: boolean;
  /** There may be more of them than were wanted. */
  isMore: boolean;
}

interface PendingProbe {
  request: ProbeRequest;
  resolve(result: ProbeResult): void;
  reject(error: unknown): void;
}

/** Answers the requests of all names of one tick with a single unlocked query: an idle tick costs one round trip. */
export class Prober {
  private readonly db: Database;
  private pending: PendingProbe[] = [];

  constructor(db: Database) {
    this.db = db;
  }

  /** Whether the name has anything to claim. */
  probe(request: ProbeRequest): Promise<ProbeResult> {
    return new Promise((resolve, reject) => {
      if (this.pending.length === 0) setImmediate(() => void this.runAll());
      this.pending.push({ request, resolve, reject });
    });
  }

  private async runAll(): Promise<void> {
    const pending = this.pending;
    this.pending = [];
    while (pending.length > 0) await this.run(pending.splice(0, 50));
  }

  private async run(pending: PendingProbe[]): Promise<void> {
    try {
      const rows = await this.query(pending.map(each => each.request));
      pending.forEach(({ request, resolve }, at) => {
        const kinds = rows.filter(row => Number(row.request) === at).map(row => row.kind);
        const stale = kinds.includes('stale');
        const isMore = stale || kinds.length > request.limit;
        resolve({ due: kinds.includes('due'), stale, isMore });
      });
    } catch (error) {
      for (const { reject } of pending) reject(error);
    }
  }

  private query(requests: ProbeRequest[]) {
    const { jobs } = this.db.tables;
    const bindings: SqlValue[] = [];
    const parts = requests.map(({ name, nextScanAt, lockDeadline, limit }, at) => {
      bindings.push(name, toUtc(nextScanAt), limit + 1, name, toUtc(lockDeadline));
      return `(SELECT ${at}, 'due' ${dueRows(jobs)} LIMIT ?) UNION ALL (SELECT ${at}, 'stale' ${staleRows(jobs)} LIMIT 1)`;
    });
    return this.db.rows(['request', 'kind'], parts.join(' UNION ALL '), bindings);
  }
}
