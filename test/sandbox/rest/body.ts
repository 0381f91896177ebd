import type { IncomingMessage } from 'node:http';

/**
 * The whole body as text; null when it is larger than `limit` bytes: the rest is then let through unread, so that the
 * sender gets to hear the answer. Rejects when the sender goes away.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return tooLarge(request);
  const chunks: Buffer[] = [];
  let size = 0;
  const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > limit) return tooLarge(request);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(request: IncomingMessage): null {
  request.resume();
  return null;
}
