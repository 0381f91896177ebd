export type StreamType = 'Transactional' | 'Inbound' | 'Broadcasts';
export type UnsubscribeHandling = 'None' | 'Postmark' | 'Custom';

export interface Stream {
  readonly id: string;
  readonly type: StreamType;
  /** A new server's own; the transactional and the inbound one of them cannot be archived. */
  readonly isDefault: boolean;
  readonly createdAt: number;
  name: string;
  description: string;
  updatedAt: number | null;
  archivedAt: number | null;
  unsubscribeHandling: UnsubscribeHandling;
}

/** The streams of the server; a new server has three. */
export class StreamStore {
  readonly #streams = new Map<string, Stream>();

  readonly #broadcasts: UnsubscribeHandling;

  constructor(now: number, broadcasts: UnsubscribeHandling = 'Postmark') {
    this.#broadcasts = broadcasts;
    this.#put(now, 'outbound', 'Transactional', 'Default Transactional Stream', true);
    this.#put(now, 'inbound', 'Inbound', 'Default Inbound Stream', true);
    this.#put(now, 'broadcast', 'Broadcasts', 'Default Broadcast Stream', true);
  }

  add(now: number, id: string, type: StreamType, name = id): Stream {
    return this.#put(now, id, type, name, false);
  }

  /** Whatever its case; archived ones too. */
  get(id: string): Stream | undefined {
    return this.#streams.get(id) ?? this.#streams.get(id.toLowerCase());
  }

  list(): Stream[] {
    return [...this.#streams.values()];
  }

  #put(createdAt: number, id: string, type: StreamType, name: string, isDefault: boolean): Stream {
    const unsubscribeHandling = type === 'Broadcasts' ? this.#broadcasts : 'None';
    const dates = { createdAt, updatedAt: null, archivedAt: null };
    const stream: Stream = { id, type, isDefault, ...dates, name, description: '', unsubscribeHandling };
    this.#streams.set(id, stream);
    return stream;
  }
}
