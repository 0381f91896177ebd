import { PageError } from '../page-error.ts';

/** How many lists may be under way in this process, of one person and of all. */
const mostOfPerson = 2;
const mostInAll = 8;

/** Does work that takes one of a few places while it lasts, such as the import of a list. */
export type UploadPlaces = <T>(personId: string, work: () => Promise<T>) => Promise<T>;

/** Each upload keeps a file of up to 64 MB and a share of the processor until it is done: only so many at once. */
export function uploadPlaces(): UploadPlaces {
  const taken: string[] = [];
  return async (personId, work) => {
    if (taken.length >= mostInAll || taken.filter(id => id === personId).length >= mostOfPerson)
      throw new PageError(
        429,
        'Too many lists at once',
        'Other lists are still being read. Wait until they are done, then send this one again. Nobody was added.',
        'busy',
      );
    taken.push(personId);
    try {
      return await work();
    } finally {
      taken.splice(taken.indexOf(personId), 1);
    }
  };
}
