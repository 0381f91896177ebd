import { dueRows, staleRows } from './claim.ts';
import type { Database, SqlValue } from './database.ts';
import { toUtc } from './utc.ts';

/** What a name is asked about. */
export interface Question {
  name: string;
  nextScanAt: Date;
  lockDeadline: Date;
  /** How many are wanted. */
  limit: number;
}

/** Which kinds of claimable jobs the name has right now. */
export interface Answer {
  due: boolean;
  stale: boolean;
  /** There may be more of them than were wanted. */
  isMore: boolean;
}

interface Asked {
  question: Question;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Answers the questions of all names of one tick with a single unlocked query: an idle tick costs one round trip. */
export class Prober {
  private readonly db: Database;
  private asked: Asked[] = [];

  constructor(db: Database) {
    this.db = db;
  }

  /** Whether the name has anything to claim. */
  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.asked.length === 0) setImmediate(() => void this.answerAll());
      this.asked.push({ question, resolve, reject });
    });
  }

  private async answerAll(): Promise<void> {
    const asked = this.asked;
    this.asked = [];
    while (asked.length > 0) await this.answer(asked.splice(0, 50));
  }

  private async answer(asked: Asked[]): Promise<void> {
    try {
      const rows = await this.query(asked.map(each => each.question));
      asked.forEach(({ question, resolve }, at) => {
        const kinds = rows.filter(row => Number(row.question) === at).map(row => row.kind);
        const stale = kinds.includes('stale');
        const isMore = stale || kinds.length > question.limit;
        resolve({ due: kinds.includes('due'), stale, isMore });
      });
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  private query(questions: Question[]) {
    const { jobs } = this.db.tables;
    const bindings: SqlValue[] = [];
    const parts = questions.map(({ name, nextScanAt, lockDeadline, limit }, at) => {
      bindings.push(name, toUtc(nextScanAt), limit + 1, name, toUtc(lockDeadline));
      return `(SELECT ${at}, 'due' ${dueRows(jobs)} LIMIT ?) UNION ALL (SELECT ${at}, 'stale' ${staleRows(jobs)} LIMIT 1)`;
    });
    return this.db.rows(['question', 'kind'], parts.join(' UNION ALL '), bindings);
  }
}
