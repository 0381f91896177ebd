import { readFileSync } from 'node:fs';
import { connect } from '../../db/connect.ts';

/** What a server does for a commit. */
export interface ServerFacts {
  /** In words. */
  durability: string;
  /** Whether each commit waits until it is on disk. */
  durable: boolean;
  /** Its process id as its own file says; null when that isn't readable. */
  pid: number | null;
}

/** Asks a server what it does for a commit. */
export async function describeServer(url: string): Promise<ServerFacts> {
  const db = connect(url, { poolSize: 1 });
  try {
    const [[row]] = await db.raw(
      `SELECT @@innodb_flush_log_at_trx_commit AS flush, @@innodb_flush_method AS method,
         @@log_bin AS binlog, @@sync_binlog AS syncBinlog, @@pid_file AS pidFile`,
    );
    return { durability: durabilityOf(row), durable: isDurable(row), pid: readPid(String(row.pidFile)) };
  } finally {
    await db.destroy();
  }
}

interface Settings {
  flush: number;
  method: string;
  binlog: number;
  syncBinlog: number;
}

function isDurable({ flush, method }: Settings): boolean {
  return Number(flush) === 1 && String(method).toLowerCase() !== 'nosync';
}

function durabilityOf(settings: Settings): string {
  const { flush, binlog, syncBinlog } = settings;
  const log = Number(binlog) === 0 ? 'no binary log' : `binary log, sync_binlog=${syncBinlog}`;
  return `${isDurable(settings) ? 'every commit flushed to disk' : 'commits not flushed to disk'} (innodb_flush_log_at_trx_commit=${flush}), ${log}`;
}

function readPid(file: string): number | null {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || null;
  } catch {
    return null;
  }
}
