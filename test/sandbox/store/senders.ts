/** An address that mail may be sent from, once it is confirmed. */
export interface Sender {
  readonly id: number;
  readonly email: string;
  name: string;
  replyTo: string;
  note: string;
  confirmed: boolean;
}

/** The sender signatures of an account. */
export class SenderStore {
  readonly #senders = new Map<number, Sender>();
  #nextId = 1_136_001;

  add(fields: Omit<Sender, 'id' | 'confirmed'>): Sender {
    const sender = { ...fields, id: this.#nextId++, confirmed: false };
    this.#senders.set(sender.id, sender);
    return sender;
  }

  get(id: number): Sender | undefined {
    return this.#senders.get(id);
  }

  of(email: string): Sender | undefined {
    return this.list().find(sender => sender.email.toLowerCase() === email.toLowerCase());
  }

  list(): Sender[] {
    return [...this.#senders.values()];
  }

  remove(id: number): boolean {
    return this.#senders.delete(id);
  }
}
