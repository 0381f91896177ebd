import { Batcher } from '../../../db/batcher.ts';
import type { Database } from '../database/database.ts';
import { removeJobs } from './criteria.ts';

const attempts = 8; // about 25 s: a row that outlives a restart of the server would stay for ever

interface Pending {
  id: string;
  removed: number;
}

/** Removes finished jobs one by one as Agenda asks for it; removals that meet share one statement and one commit. */
export class Remover {
  private readonly db: Database;
  private readonly batches = new Batcher<Pending>(pending => this.removeTogether(pending), { largest: 100 });

  constructor(db: Database) {
    this.db = db;
  }

  /** Removes a job; returns how many there were. */
  async remove(id: string): Promise<number> {
    const pending: Pending = { id, removed: 0 };
    await this.batches.add(pending);
    return pending.removed;
  }

  // Where others were quicker it cannot be told whose row was missing; the sum is right, and Agenda ignores it.
  private async removeTogether(pending: Pending[]): Promise<void> {
    const ids = [...new Set(pending.map(each => each.id))];
    const removed = await removeJobs(this.db, { ids }, { repeatable: true, attempts });
    for (const each of pending.slice(0, removed)) each.removed = 1;
  }
}
