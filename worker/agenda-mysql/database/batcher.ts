/** Writes items in batches without a timer: what arrives while one batch is being written forms the next. */
export class Batcher<Item> {
  private readonly write: (items: Item[]) => Promise<void>;
  private next: Item[] = [];
  private nextDone: Promise<void> | undefined;
  private last: Promise<void> = Promise.resolve();
  private readonly largest: number;

  constructor(write: (items: Item[]) => Promise<void>, largest = 500) {
    this.write = write;
    this.largest = largest;
  }

  /** Resolves once the item is written; rejects when its batch could not be. */
  add(item: Item): Promise<void> {
    this.next.push(item);
    this.nextDone ??= this.last.then(() => this.writeNext());
    return this.nextDone;
  }

  /** Resolves when nothing is waiting any more. */
  async idle(): Promise<void> {
    await this.nextDone?.catch(() => {});
    await this.last;
  }

  private writeNext(): Promise<void> {
    const items = this.next;
    this.next = [];
    this.nextDone = undefined;
    const written = this.writeAll(items);
    this.last = written.catch(() => {});
    return written;
  }

  private async writeAll(items: Item[]): Promise<void> {
    for (let at = 0; at < items.length; at += this.largest) {
      await this.write(items.slice(at, at + this.largest));
    }
  }
}
