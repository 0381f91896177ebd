/** A small shop that does not exist: its people, its goods, and who reads its letters. */

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
export const troubled = {
  gone: ['Rosa Finch', 'Per Holm', 'Nadia Klein', 'Otto Brandt'].map(name => at('hardbounce', name)),
  full: ['Liv Moen', 'Pavel Novak', 'Sara Lopes'].map(name => at('softbounce', name)),
  /** Of whose bounce no webhook tells. */
  unheard: at('hardbounce', 'Maud Engel'),
  /** Gone for a while. */
  back: at('hardbounce', 'Vera Sand'),
  cross: at('complain', 'Tom Alder'),
} as const;

const readerNames = everyName(
  ['Anouk', 'Ben', 'Clara', 'Emil', 'Freya', 'Hana', 'Ivo', 'Kees', 'Mateo', 'Nora', 'Owen', 'Priya'],
  ['Abel', 'Bakker', 'Clarke', 'Dupont', 'Eriksen', 'Ferrari', 'Groen', 'Hansen', 'Ito', 'Keller'],
);

/** Who reads the letters; each is greeted by name. Some addresses are dead, and one person has had enough. */
export const readers = [
  ...readerNames.map(name => ({ email: `${addressPart(name)}@readers.example`, name })),
  ...[...troubled.gone.slice(0, 2), ...troubled.full.slice(0, 1), troubled.cross].map(({ email, name }) => ({
    email: email.replace('mail.example', 'readers.example'),
    name,
  })),
].map(({ email, name }) => ({ email, name, data: { name: name.split(' ')[0] } }));

/** What is on the shelves; prices in cents. */
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

function at(fate: string, name: string): Customer {
  return { email: `${fate}.${addressPart(name)}@mail.example`, name };
}

function addressPart(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^\x20-\x7e]/g, '')
    .replaceAll(' ', '.')
    .toLowerCase();
}
