import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PageError } from '../page-error.ts';
import type { Source } from './csv/lines.ts';

/** Largest file, in bytes: a million recipients with a name each. */
export const largestFile = 64 * 1024 * 1024;

/**
 * Stores an upload in a temporary file, gives it to `work` to be read as often as needed, and removes it. `onRead`
 * is told how much of it has been read, from 0 to 1.
 */
export async function withTempUpload<T>(
  upload: Readable,
  work: (source: Source) => Promise<T>,
  onRead: (fraction: number) => void,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'postlane-upload-'));
  const file = path.join(folder, 'recipients.csv');
  try {
    await pipeline(upload, upToLargest(), createWriteStream(file, { mode: 0o600 }));
    const { size } = await stat(file);
    // One chunk at a time: what has been read is then what has been worked on.
    return await work(() => Readable.from(chunksOf(file, size, onRead), { highWaterMark: 1 }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* chunksOf(
  file: string,
  size: number,
  onRead: (fraction: number) => void,
): AsyncGenerator<string> {
  const input = createReadStream(file, 'utf8');
  for await (const chunk of input) {
    onRead(input.bytesRead / size);
    yield chunk;
  }
}

/** A text at hand as a source. */
export function textSource(text: string): Source {
  return () => Readable.from([text]);
}

function upToLargest(): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > largestFile ? tooLarge() : null, chunk);
    },
  });
}

function tooLarge(): PageError {
  return new PageError(
    413,
    'The file is too large',
    'A file may have up to 64 MB. Split it and send the parts. Nobody was added.',
  );
}
