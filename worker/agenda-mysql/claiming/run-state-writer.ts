import { Batcher } from '../../../db/batcher.ts';
import { isConnectionLost } from '../../../db/error-codes.ts';
import type { Database, SqlValue } from '../database/database.ts';
import type { Fence } from './fence.ts';

/** The state of one run, ready to be written. */
export interface StateWrite {
  id: string;
  name: string;
  columns: Map<string, SqlValue>;
  nextRunAt: SqlValue;
  /** The claim it is written under; undefined: under any. */
  fence: Fence | undefined;
}

interface Pending {
  write: StateWrite;
  recorded: boolean;
  error: unknown;
}

const attempts = 8; // about 25 s: a run whose end is lost to a restart of the server would run again

/**
 * Writes the states of runs. Every job costs two such writes, so those that meet share one statement; the
 * count of changed rows tells whether all were let through, and if not each is tried by itself.
 */
export class StateWriter {
  private readonly db: Database;
  private readonly batches = new Batcher<Pending>(pending => this.writeTogether(pending), { largest: 50 });

  constructor(db: Database) {
    this.db = db;
  }

  /** Returns whether the row was still the writer's. */
  async write(write: StateWrite): Promise<boolean> {
    if (!write.fence) return (await this.update([write])) > 0;
    const pending: Pending = { write, recorded: false, error: undefined };
    await this.batches.add(pending);
    if (pending.error !== undefined) throw pending.error;
    return pending.recorded;
  }

  /** Writes though another process may hold the job now, and fences that holder off. */
  async writeOverOwner(write: StateWrite): Promise<boolean> {
    return (await this.update([write], { anyOwner: true })) > 0;
  }

  private async writeTogether(pending: Pending[]): Promise<void> {
    const ids = new Set(pending.map(each => each.write.id));
    if (pending.length === 1 || ids.size < pending.length) return this.writeAlone(pending); // two states of one job
    try {
      const recorded = await this.update(pending.map(each => each.write));
      if (recorded < pending.length) return this.writeAlone(pending);
      for (const each of pending) each.recorded = true;
    } catch (error) {
      if (!isConnectionLost(error)) return this.writeAlone(pending);
      for (const each of pending) each.error = error;
    }
  }

  // Harmless for those that a shared statement has let through: the same state again.
  private async writeAlone(pending: Pending[]): Promise<void> {
    for (const each of pending) {
      try {
        each.recorded = (await this.update([each.write])) > 0;
      } catch (error) {
        each.error = error;
      }
    }
  }

  private async update(writes: StateWrite[], { anyOwner = false } = {}): Promise<number> {
    const { sql, bindings } = stateUpdate(this.db.tables.jobs, writes, anyOwner);
    return (await this.db.write(sql, bindings, { repeatable: !anyOwner, attempts })).affectedRows;
  }
}

function stateUpdate(
  table: string,
  writes: StateWrite[],
  anyOwner: boolean,
): { sql: string; bindings: SqlValue[] } {
  const bindings: SqlValue[] = [];
  const pick = (value: (write: StateWrite) => SqlValue) => valueOfEach(writes, value, bindings);
  const names = [...(writes[0]?.columns.keys() ?? [])];
  const sets = names.map(name => `${name} = ${pick(write => write.columns.get(name) ?? null)}`);
  // Once a run has ended (started is 0) its crashes before that no longer count.
  sets.push(`expired_count = expired_count * ${pick(write => write.columns.get('started') ?? null)}`);
  // Rescheduled while it ran: the newer schedule stays.
  const isCurrent = writes.every(write => write.fence)
    ? `schedule_seq = ${pick(write => write.fence?.scheduleSeq ?? null)}`
    : 'TRUE';
  sets.push(`next_run_at = IF(${isCurrent}, ${pick(write => write.nextRunAt)}, next_run_at)`);
  if (anyOwner) sets.push('lock_seq = lock_seq + 1');
  const rows = writes.map(({ id, name, fence }) => {
    const isFenced = fence && !anyOwner;
    bindings.push(id, name, ...(isFenced ? [fence.lockSeq] : []));
    return `(id = ? AND name = ?${isFenced ? ' AND lock_seq = ?' : ''})`;
  });
  return {
    sql: `UPDATE ${table} SET ${sets.join(', ')}, rev = rev + 1 WHERE ${rows.join(' OR ')}`,
    bindings,
  };
}

// One value for all where they agree, which most columns do.
function valueOfEach(
  writes: StateWrite[],
  value: (write: StateWrite) => SqlValue,
  bindings: SqlValue[],
): string {
  const values = writes.map(value);
  if (values.every(each => each === values[0])) {
    bindings.push(values[0] ?? null);
    return '?';
  }
  writes.forEach(({ id }, at) => {
    bindings.push(id, values[at] ?? null);
  });
  return `CASE id ${writes.map(() => 'WHEN ? THEN ?').join(' ')} END`;
}
