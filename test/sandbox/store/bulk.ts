import { randomUUID } from 'node:crypto';

export type BulkStatus = 'Accepted' | 'Processing' | 'Completed' | 'Cancelled';

/** One request to the bulk API, and how far it is. */
export interface BulkRequest {
  readonly id: string;
  readonly submittedAt: number;
  readonly subject: string;
  readonly total: number;
  status: BulkStatus;
  released: number;
  /** Nobody left to send to, or a model that does not fit. */
  failed: number;
}

/** The bulk requests of a server, oldest first. */
export class BulkStore {
  #requests: BulkRequest[] = [];

  add(submittedAt: number, total: number, subject: string): BulkRequest {
    const counts = { total, released: 0, failed: 0 };
    const request: BulkRequest = { id: randomUUID(), submittedAt, subject, status: 'Accepted', ...counts };
    this.#requests.push(request);
    return request;
  }

  get(id: string): BulkRequest | undefined {
    return this.#requests.find(request => request.id === id.toLowerCase());
  }

  /** Newest first. */
  list(): BulkRequest[] {
    return this.#requests.toReversed();
  }

  /** How many are not done. */
  get pending(): number {
    return this.#requests.filter(({ status }) => status === 'Accepted' || status === 'Processing').length;
  }

  /** Forgets all of them; what is under way stops. */
  clear(): void {
    for (const request of this.#requests) if (request.status !== 'Completed') request.status = 'Cancelled';
    this.#requests = [];
  }
}
