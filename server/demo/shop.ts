/** A small shop that does not exist: its people, its goods, and its readers. */

export interface Customer {
  email: string;
  name: string;
  /** The language they are written to in; absent: the shop's own. */
  locale?: string;
}

/** Those who work at the desk, as histories name them. */
export const desk = { editor: 'Lotte Dahl', publisher: 'Grace Okafor', support: 'Jonas Weber' } as const;

const firstNames = [
  'Ada',
  'Bram',
  'Chiara',
  'Daan',
  'Elif',
  'Finn',
  'Greta',
  'Hugo',
  'Ines',
  'Karim',
  'Mei',
  'Zoë',
];
const lastNames = [
  'Berg',
  'Costa',
  'Dahl',
  'Evans',
  'Fischer',
  'Haas',
  'Janssen',
  'Lund',
  'Okafor',
  'Visser',
];

/** Every fourth of them is written to in Dutch. */
export const customers: readonly Customer[] = everyName(firstNames, lastNames).map((name, i) => ({
  email: `${addressPart(name)}@mail.example`,
  name,
  ...(i % 4 === 1 && { locale: 'nl' }),
}));

/** At their addresses things go wrong; the sandbox knows by how they begin. */
export const problemCustomers = {
  hardBounce: ['Rosa Finch', 'Per Holm', 'Nadia Klein', 'Otto Brandt'].map(name => at('hardbounce', name)),
  softBounce: ['Liv Moen', 'Pavel Novak', 'Sara Lopes'].map(name => at('softbounce', name)),
  /** Its bounce is reported by no webhook. */
  unreported: at('hardbounce', 'Maud Engel'),
  /** Bounced for a while. */
  recovered: at('hardbounce', 'Vera Sand'),
  complainer: at('complain', 'Tom Alder'),
} as const;

const readerNames = everyName(
  ['Anouk', 'Ben', 'Clara', 'Emil', 'Freya', 'Hana', 'Ivo', 'Kees', 'Mateo', 'Nora', 'Owen', 'Priya'],
  ['Abel', 'Bakker', 'Clarke', 'Dupont', 'Eriksen', 'Ferrari', 'Groen', 'Hansen', 'Ito', 'Keller'],
);

/** The newsletter's readers; each is greeted by name. Some addresses bounce, and one person complains. */
export const readers = [
  ...readerNames.map(name => ({ email: `${addressPart(name)}@readers.example`, name })),
  ...[
    ...problemCustomers.hardBounce.slice(0, 2),
    ...problemCustomers.softBounce.slice(0, 1),
    problemCustomers.complainer,
  ].map(({ email, name }) => ({
    email: email.replace('mail.example', 'readers.example'),
    name,
  })),
].map(({ email, name }) => ({ email, name, data: { name: name.split(' ')[0] } }));

/** What is for sale; prices in cents. */
export const goods = [
  { name: 'Oak side table', unitPrice: 18_900 },
  { name: 'Linen cushion, moss', unitPrice: 3_450 },
  { name: 'Beeswax polish, 250 ml', unitPrice: 1_290 },
  { name: 'Ash stool', unitPrice: 9_800 },
  { name: 'Wool throw, slate', unitPrice: 7_950 },
  { name: 'Stoneware mug, oat glaze', unitPrice: 1_850 },
  { name: 'Oak serving board, large', unitPrice: 5_900 },
] as const;

export const workshops = [
  'Spoon carving for beginners',
  'Wheel throwing, evening class',
  'Mending chairs',
] as const;

function everyName(first: readonly string[], last: readonly string[]): string[] {
  return last.flatMap(family => first.map(name => `${name} ${family}`));
}

function at(outcome: string, name: string): Customer {
  return { email: `${outcome}.${addressPart(name)}@mail.example`, name };
}

function addressPart(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^\x20-\x7e]/g, '')
    .replaceAll(' ', '.')
    .toLowerCase();
}
