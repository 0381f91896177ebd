import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { openProcesses, postlane } from './processes.ts';
import type { Release } from './releases.ts';

/** A local Postmark as a process. */
export interface LocalPostmark {
  /** What a host needs to send to it. */
  variables: Record<string, string>;
  /** Senders of the mail that arrived, one per copy, by the order that its metadata names. */
  arrivals(): Promise<Map<string, string[]>>;
  close(): Promise<void>;
}

interface Row {
  From: string;
  Metadata: Record<string, string>;
}

const pageSize = 500;

export async function openLocalPostmark(release: Release): Promise<LocalPostmark> {
  const file = path.join(release.folder, 'sandbox.env');
  const processes = openProcesses({});
  try {
    const words = [postlane, 'sandbox', '--port', '0', '--smtp-port', '0', '--write-env', file];
    await processes.start(release, 'local Postmark', words, /is up/);
    const variables = parseEnv(await readFile(file, 'utf8')) as Record<string, string>;
    return { variables, arrivals: () => arrivalsAt(variables), close: processes.close };
  } catch (error) {
    await processes.close();
    throw error;
  }
}

async function arrivalsAt(variables: Record<string, string>): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const stream of ['outbound', 'broadcast']) {
    for (let offset = 0, total = 1; offset < total; offset += pageSize) {
      const page = await pageOf(variables, stream, offset);
      total = page.TotalCount;
      for (const { From, Metadata } of page.Messages)
        found.set(Metadata.order ?? '', [...(found.get(Metadata.order ?? '') ?? []), From]);
    }
  }
  return found;
}

async function pageOf(
  { POSTMARK_API_URL, POSTMARK_SERVER_TOKEN = '' }: Record<string, string>,
  stream: string,
  offset: number,
): Promise<{ TotalCount: number; Messages: Row[] }> {
  const query = `messagestream=${stream}&count=${pageSize}&offset=${offset}`;
  const response = await fetch(`${POSTMARK_API_URL}/messages/outbound?${query}`, {
    headers: { Accept: 'application/json', 'X-Postmark-Server-Token': POSTMARK_SERVER_TOKEN },
  });
  if (!response.ok)
    throw new Error(`The local Postmark answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as { TotalCount: number; Messages: Row[] };
}
