import type { JobNotification, JobStateNotification } from 'agenda';
import type { Database, Row, SqlValue } from '../database/database.ts';
import { toUtc } from '../database/utc.ts';

/** What one process tells the others. */
export type Signal =
  | { kind: 'job'; payload: JobNotification }
  | { kind: 'state'; payload: JobStateNotification }
  /** Somebody wants to know the states of the others' jobs for {@link watchMs}, from that moment on. */
  | { kind: 'watch'; payload: { since: Date } };

/** How long a request for the states of the others' jobs holds, in ms. */
export const watchMs = 60_000;

/** Ids that were passed over: perhaps of rows that have yet to be committed. */
interface Gap {
  from: number;
  to: number;
  since: number;
}

const pageSize = 1000;
const patienceMs = 2000; // commits come out of id order: a lower id may appear this much later
const mostGaps = 50;

/** Follows the table of signals: returns each row once, also one that is committed after rows with higher ids. */
export class SignalReader {
  private readonly db: Database;
  private readonly origin: string;
  private newest = 0;
  private gaps: Gap[] = [];

  /** `origin`: whose signals are left out, because they are our own. */
  constructor(db: Database, origin: string) {
    this.db = db;
    this.origin = origin;
  }

  /**
   * Begins after what is there now, except for requests for our states that still hold: a process that starts beside an
   * open dashboard would not hear of it until it asks again.
   */
  async begin(): Promise<Signal[]> {
    const { signals } = this.db.tables;
    const [row] = await this.db.rows(['newest'], `SELECT MAX(id) FROM ${signals}`);
    this.newest = Number(row?.newest ?? 0);
    this.gaps = [];
    const requests = await this.db.rows(
      ['kind', 'payload'],
      `SELECT kind, payload FROM ${signals}
       WHERE kind = 'watch' AND origin <> ? AND created_at > ? AND id <= ? ORDER BY id`,
      [this.origin, toUtc(new Date(Date.now() - watchMs)), this.newest],
    );
    return requests.map(parse);
  }

  /** What the others have told since; states only if they are wanted. */
  async next({ states }: { states: boolean }): Promise<Signal[]> {
    const signals: Signal[] = [];
    this.gaps = this.gaps.filter(gap => gap.since > Date.now() - patienceMs).slice(-mostGaps);
    for (;;) {
      const rows = await this.read(states);
      for (const row of rows) this.pass(Number(row.id));
      signals.push(...rows.filter(row => row.payload !== null).map(parse));
      if (rows.length < pageSize) return signals;
    }
  }

  private read(states: boolean): Promise<Row<'id' | 'kind' | 'payload'>[]> {
    const bindings: SqlValue[] = [this.origin, states ? '' : 'state', this.newest];
    const ranges = ['id > ?'];
    for (const { from, to } of this.gaps) {
      ranges.push('id BETWEEN ? AND ?');
      bindings.push(from, to);
    }
    return this.db.rows(
      ['id', 'kind', 'payload'],
      `SELECT id, kind, IF(origin = ? OR kind = ?, NULL, payload) FROM ${this.db.tables.signals}
       WHERE ${ranges.join(' OR ')} ORDER BY id LIMIT ${pageSize}`,
      bindings,
    );
  }

  private pass(id: number): void {
    if (id <= this.newest) {
      this.gaps = this.gaps.flatMap(gap => without(gap, id));
      return;
    }
    if (id > this.newest + 1) this.gaps.push({ from: this.newest + 1, to: id - 1, since: Date.now() });
    this.newest = id;
  }
}

function without(gap: Gap, id: number): Gap[] {
  if (id < gap.from || id > gap.to) return [gap];
  return [
    { ...gap, to: id - 1 },
    { ...gap, from: id + 1 },
  ].filter(({ from, to }) => from <= to);
}

const moments = new Set(['nextRunAt', 'timestamp', 'retryAt', 'lastRunAt', 'lastFinishedAt', 'since']);

function parse(row: Row): Signal {
  const payload = JSON.parse(String(row.payload), (key, value) =>
    moments.has(key) && typeof value === 'string' ? new Date(value) : value,
  );
  if (row.kind === 'watch') return { kind: 'watch', payload: payload ?? { since: new Date() } };
  return { kind: row.kind === 'state' ? 'state' : 'job', payload };
}
