import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { PageError } from '../page-error.ts';
import type { Source } from './csv/lines.ts';

/** Largest file, in bytes: a million recipients with a name each. */
export const largestFile = 64 * 1024 * 1024;

const chunkSize = 64 * 1024;
/** An upload that brings nothing for so long is given up, in ms. */
const patienceMs = 30_000;

/**
 * Stores an upload in a temporary file, gives it to `work` to be read as often as needed, and removes it, also when this
 * process is killed. `signal` ends it at once; `onRead` is told how much has been read, from 0 to 1.
 */
export async function withTempUpload<T>(
  upload: Readable,
  work: (source: Source) => Promise<T>,
  { signal, onRead }: { signal: AbortSignal; onRead: (fraction: number) => void },
): Promise<T> {
  const name = path.join(tmpdir(), `postlane-upload-${randomUUID()}.csv`);
  const file = await open(name, 'wx+', 0o600);
  try {
    // Without a name the system removes it with the last that has it open. Windows keeps it until then.
    await rm(name).catch(() => {});
    const store = async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) await file.appendFile(chunk);
    };
    await pipeline(upload, upToLargest(), store, { signal });
    const { size } = await file.stat();
    // One chunk at a time: what has been read is then what has been worked on.
    return await work(() => Readable.from(chunksOf(file, size, onRead), { highWaterMark: 1 }));
  } finally {
    await file.close();
    await rm(name, { force: true });
  }
}

async function* chunksOf(
  file: FileHandle,
  size: number,
  onRead: (fraction: number) => void,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(chunkSize);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(buffer, 0, chunkSize, at);
    at += bytesRead;
    onRead(at / size);
    yield decoder.write(buffer.subarray(0, bytesRead));
  }
  yield decoder.end();
}

/** A text at hand as a source. */
export function textSource(text: string): Source {
  return () => Readable.from([text]);
}

function upToLargest(): Transform {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      timer.refresh();
      done(bytes > largestFile ? tooLarge() : null, chunk);
    },
  });
  const timer = setTimeout(() => limit.destroy(tooSlow()), patienceMs).unref();
  return limit.once('close', () => clearTimeout(timer));
}

function tooLarge(): PageError {
  return new PageError(
    413,
    'The file is too large',
    'A file may have up to 64 MB. Split it and send the parts. Nobody was added.',
  );
}

function tooSlow(): PageError {
  return new PageError(
    400,
    'The file did not arrive',
    'Nothing came for 30 seconds. Nobody was added. Send it again.',
  );
}
