interface Asked<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (reason: unknown) => void;
}

/**
 * Lets callers share their calls: what is asked for while `work` is busy forms its next page. It must answer all of a
 * page, in the order of its items, or have done nothing: a page that fails is done again one by one, so that nobody
 * gets an error of another's.
 */
export function batchCalls<Item, Answer>(
  work: (items: readonly Item[]) => Promise<readonly Answer[]>,
  page = 100,
): (item: Item) => Promise<Answer> {
  const waiting: Asked<Item, Answer>[] = [];
  let busy = false;

  const answerAll = async (asked: readonly Asked<Item, Answer>[]): Promise<void> => {
    try {
      const answers = await work(asked.map(({ item }) => item));
      for (const [i, { resolve }] of asked.entries()) resolve(answers[i] as Answer);
    } catch (error) {
      if (asked.length > 1) await Promise.all(asked.map(one => answerAll([one])));
      else asked[0]?.reject(error);
    }
  };

  const goOn = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) await answerAll(waiting.splice(0, page));
    busy = false;
  };

  return item =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!busy) void goOn();
    });
}
