import { randomBytes } from 'node:crypto';
import type { StreamStore } from '../store/streams.ts';

/** A login of its own for one stream. */
export interface SmtpToken {
  stream: string;
  /** The user name, as in `PM-B-broadcast-...`. */
  accessKey: string;
  /** The password. */
  secretKey: string;
}

/** Postmark's limit is not published; this one is ours. */
const MOST_PER_STREAM = 10;

/** The SMTP tokens of a server. */
export class SmtpTokenStore {
  readonly #tokens = new Map<string, SmtpToken>();
  readonly #streams: StreamStore;

  constructor(streams: StreamStore) {
    this.#streams = streams;
  }

  /** Makes a token. Throws where Postmark refuses one: no such stream, an inbound one, too many (1226, 1457, 1458). */
  create(streamId: string): SmtpToken {
    const stream = this.#streams.get(streamId);
    if (!stream) throw new Error(`The sandbox has no stream '${streamId}' (1226).`);
    if (stream.type === 'Inbound') throw new Error('An inbound stream has no SMTP tokens (1457).');
    if (this.list().filter(token => token.stream === stream.id).length >= MOST_PER_STREAM) {
      throw new Error(`A stream may have ${MOST_PER_STREAM} SMTP tokens (1458).`);
    }
    const kind = stream.type === 'Broadcasts' ? 'B' : 'T';
    const token = {
      stream: stream.id,
      accessKey: `PM-${kind}-${stream.id}-${randomBytes(9).toString('base64url')}`,
      secretKey: randomBytes(24).toString('base64url'),
    };
    this.#tokens.set(token.accessKey, token);
    return token;
  }

  get(accessKey: string): SmtpToken | undefined {
    return this.#tokens.get(accessKey);
  }

  list(): SmtpToken[] {
    return [...this.#tokens.values()];
  }
}
