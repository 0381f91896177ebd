export type StreamType = 'Transactional' | 'Inbound' | 'Broadcasts';

export interface Stream {
  id: string;
  name: string;
  description: string;
  type: StreamType;
  createdAt: number;
  unsubscribeHandling: 'None' | 'Postmark' | 'Custom';
}

/** The streams of the server; a new server has three. */
export class StreamStore {
  readonly #streams = new Map<string, Stream>();

  constructor(now: number) {
    this.add(now, 'outbound', 'Transactional', 'Default Transactional Stream');
    this.add(now, 'inbound', 'Inbound', 'Default Inbound Stream');
    this.add(now, 'broadcast', 'Broadcasts', 'Default Broadcast Stream');
  }

  add(now: number, id: string, type: StreamType, name = id): Stream {
    const unsubscribeHandling = type === 'Broadcasts' ? 'Postmark' : 'None';
    const stream: Stream = { id, name, description: '', type, createdAt: now, unsubscribeHandling };
    this.#streams.set(id, stream);
    return stream;
  }

  get(id: string): Stream | undefined {
    return this.#streams.get(id) ?? this.#streams.get(id.toLowerCase());
  }

  list(): Stream[] {
    return [...this.#streams.values()];
  }
}
