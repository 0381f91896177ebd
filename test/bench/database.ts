import { readFileSync } from 'node:fs';
import { connect } from '../../db/connect.ts';

/** What a server does for a commit, in words, and its process id as its own file says; null when that isn't readable. */
export async function describeServer(url: string): Promise<{ durability: string; pid: number | null }> {
  const db = connect(url, { poolSize: 1 });
  try {
    const [[row]] = await db.raw(
      `SELECT @@innodb_flush_log_at_trx_commit AS flush, @@innodb_flush_method AS method,
         @@log_bin AS binlog, @@sync_binlog AS syncBinlog, @@pid_file AS pidFile`,
    );
    return { durability: durabilityOf(row), pid: readPid(String(row.pidFile)) };
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

function durabilityOf({ flush, method, binlog, syncBinlog }: Settings): string {
  const flushes = Number(flush) === 1 && String(method).toLowerCase() !== 'nosync';
  const log = Number(binlog) === 0 ? 'no binary log' : `binary log, sync_binlog=${syncBinlog}`;
  return `${flushes ? 'every commit flushed to disk' : 'commits not flushed to disk'} (innodb_flush_log_at_trx_commit=${flush}), ${log}`;
}

function readPid(file: string): number | null {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || null;
  } catch {
    return null;
  }
}
