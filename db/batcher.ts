interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (reason: unknown) => void;
}

/** One for each item, in their order; anything where nobody wants an answer. */
type Answers<Answer> = [Answer] extends [undefined] ? unknown : readonly Answer[];

/** How a {@link Batcher} works. */
export interface BatcherOptions {
  /** Items of a batch at most. Default 500. */
  largest?: number;
  /** Begin with the first item at once, instead of with all that come in the same turn. */
  startsAtOnce?: boolean;
  /** Batches that are worked on at the same time. Default 1. */
  atOnce?: number;
  /**
   * Do a batch that fails again one by one, so that nobody gets another's error; only for work that is all or nothing. A
   * function says of which errors.
   */
  isolatesErrors?: boolean | ((error: unknown) => boolean);
}

/**
 * Lets callers share statements, without a timer: what is added while batches are being worked on forms the next.
 * `work` answers in the order of its items.
 */
export class Batcher<Item, Answer = undefined> {
  private readonly work: (items: Item[]) => Promise<Answers<Answer>>;
  private readonly options: BatcherOptions;
  private readonly waiting: Waiting<Item, Answer>[] = [];
  private readonly running = new Set<Promise<void>>();
  /** Fewer than those that run, for a moment: one that has found nothing more to do takes nothing on. */
  private busy = 0;

  constructor(work: (items: Item[]) => Promise<Answers<Answer>>, options: BatcherOptions = {}) {
    this.work = work;
    this.options = options;
  }

  /** The answer to the item; rejects when its batch failed. */
  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.busy < (this.options.atOnce ?? 1)) this.start();
    });
  }

  /** Resolves when nothing is waiting any more. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private start(): void {
    this.busy += 1;
    const run = this.run().finally(() => this.running.delete(run));
    this.running.add(run);
  }

  private async run(): Promise<void> {
    const { largest = 500, startsAtOnce = false } = this.options;
    if (!startsAtOnce) await Promise.resolve();
    while (this.waiting.length > 0) await this.answer(this.waiting.splice(0, largest));
    // In the same turn: what is added from now on needs another.
    this.busy -= 1;
  }

  private async answer(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers: unknown = await this.work(batch.map(({ item }) => item));
      for (const [i, { resolve }] of batch.entries()) {
        resolve((Array.isArray(answers) ? answers[i] : undefined) as Answer);
      }
    } catch (error) {
      if (batch.length > 1 && this.isolates(error)) {
        await Promise.all(batch.map(one => this.answer([one])));
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }

  private isolates(error: unknown): boolean {
    const { isolatesErrors = false } = this.options;
    return typeof isolatesErrors === 'function' ? isolatesErrors(error) : isolatesErrors;
  }
}
