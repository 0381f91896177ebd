import Joi from 'joi';
import { type Mail, MailError } from '../../mail/index.ts';
import { type FormSchema, field } from '../form.ts';
import type { Page } from '../page.ts';
import { endOf, lastDay } from './change.ts';
import { type Place, placeLabel, placeOf } from './places.ts';

/** As many as a page of the list shows. */
const most = 50;

/** What the form around the list holds: the rows that were chosen, each as its place and its address. */
interface SelectedForm {
  chosen: string[];
  note: string;
  until: string;
}

const fields = {
  chosen: Joi.array()
    .items(Joi.string().max(400))
    .single()
    .min(1)
    .max(most)
    .required()
    .messages({ '*': `Choose between 1 and ${most} rows.` }),
  note: field.requiredLine(500, 'Enter a reason of at most 500 characters.'),
  until: lastDay,
};

/** What the form holds, whichever of its buttons is pressed. */
export const selectedForm: FormSchema<SelectedForm> = Joi.object(fields);

/** A row that was chosen. */
type Chosen = Place & { address: string };

/** What became of a row; `stays` says what did not change, or why. */
interface RowResult extends Chosen {
  label: string;
  done: string | null;
  stays: string | null;
}

/** Lifts what may be lifted of each row; one that is refused leaves the others as they are. */
export async function liftSelected(page: Page, { chosen, note }: SelectedForm): Promise<void> {
  const { mail, by } = page;
  await showResults(page, 'Lifted', chosen, async target => {
    const { still } = await mail.suppressions.lift(target, note, { by });
    return { done: 'Lifted.', stays: still && 'Something that cannot be lifted still stands.' };
  });
}

/** Lets what was entered here for each row stand longer, or until it is lifted where no day is named. */
export async function extendSelected(page: Page, { chosen, note, until }: SelectedForm): Promise<void> {
  const { mail, by } = page;
  await showResults(page, 'Extended', chosen, async target => {
    const isLonger = await extend(mail, target, { note, until, by });
    return isLonger
      ? { done: until ? `Stands until ${until}.` : 'Stands until it is lifted.', stays: null }
      : { done: null, stays: 'It stands as long as that already.' };
  });
}

async function extend(
  mail: Mail,
  target: Chosen,
  { note, until, by }: { note: string; until: string; by: string },
): Promise<boolean> {
  const expiresAt = endOf(until);
  const there = await mail.suppressions.evidence(target);
  let isLonger = false;
  for (const { active, source, expiresAt: ends } of there?.all ?? []) {
    if (!active || source === 'provider' || source === 'rule' || ends === null) continue;
    const longer = { ...target, source, note, ...(expiresAt && { expiresAt }) };
    isLonger = (await mail.suppressions.add(longer, { by })) || isLonger;
  }
  return isLonger;
}

async function showResults(
  page: Page,
  title: string,
  chosen: readonly string[],
  work: (target: Chosen) => Promise<Pick<RowResult, 'done' | 'stays'>>,
): Promise<void> {
  const results: RowResult[] = [];
  for (const row of chosen) {
    const target = chosenOf(row);
    if (!target) continue;
    const { scope, stream = '', topic = '' } = target;
    results.push({
      ...target,
      label: placeLabel({ scope, stream, topic }),
      ...(await attempted(work, target)),
    });
  }
  page.render('suppressions/selected', {
    ...{ title, results },
    count: results.filter(({ done }) => done !== null).length,
  });
}

async function attempted(
  work: (target: Chosen) => Promise<Pick<RowResult, 'done' | 'stays'>>,
  target: Chosen,
): Promise<Pick<RowResult, 'done' | 'stays'>> {
  try {
    return await work(target);
  } catch (error) {
    if (error instanceof MailError) return { done: null, stays: error.message };
    throw error;
  }
}

/** A row as its checkbox names it. A stream may be one that no mail goes by any more. */
function chosenOf(row: string): Chosen | null {
  const gap = row.indexOf(' ');
  const word = row.slice(0, gap);
  const place = gap > 0 ? placeOf(word, new Set([word])) : null;
  return place && { ...place, address: row.slice(gap + 1) };
}
