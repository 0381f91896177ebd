import { readMailbox } from '../../../server/mail/index.ts';
import { CommandError, exitCodes, type Person } from '../command.ts';

/** What a starter is filled with; null leaves a placeholder, which production refuses. */
export interface Answers {
  brand: string | null;
  from: string | null;
  url: string | null;
  address: string | null;
  language: string;
}

/** What the command line gave. */
export type Given = Partial<Record<keyof Answers, string>> & { yes?: boolean };

/** The languages that the starter's texts are in. */
export const starterLanguages = ['en', 'de', 'es', 'fr', 'nl'];

/** Asks for what was not given, where somebody is there to ask. Throws a CommandError for what cannot be used. */
export async function readAnswers(given: Given, person: Person | undefined): Promise<Answers> {
  const asked = async (name: Exclude<keyof Given, 'yes'>, question: string): Promise<string | null> => {
    const answer = given[name] ?? (person && !given.yes ? await person.ask(`${question} `) : '');
    return answer.trim() || null;
  };
  const brand = await asked('brand', 'Name of your brand, as recipients know it:');
  const from = sender(await asked('from', 'Sender address, from a domain verified at Postmark:'), brand);
  const url = site(await asked('url', 'Address of your site, like https://www.shop.example:'));
  const address = await asked('address', 'Postal address, which newsletters must show:');
  const language = tongue(await asked('language', `Language of the texts (${starterLanguages.join(', ')}):`));
  return { brand, from, url, address, language };
}

function sender(answer: string | null, brand: string | null): string | null {
  if (answer === null) return null;
  try {
    const { email, name = brand } = readMailbox(answer, 'from');
    return name === null ? email : `${/^[\w ]+$/.test(name) ? name : JSON.stringify(name)} <${email}>`;
  } catch {
    throw wrong(`${answer} is no sender: write one like mail@shop.example or "Shop <mail@shop.example>".`);
  }
}

function site(answer: string | null): string | null {
  if (answer === null) return null;
  const text = /^https?:\/\//i.test(answer) ? answer : `https://${answer}`;
  if (!URL.canParse(text)) throw wrong(`${answer} is no address: write one like https://www.shop.example.`);
  return text.replace(/(?<!\/)\/+$/, '');
}

function tongue(answer: string | null): string {
  const language = (answer ?? 'en').toLowerCase();
  if (starterLanguages.includes(language)) return language;
  throw wrong(
    `The starter has no texts in ${answer}: choose one of ${starterLanguages.join(', ')}, and translate its files.`,
  );
}

function wrong(text: string): CommandError {
  return new CommandError(text, exitCodes.usage);
}
