/** The people and orders of a small shop that does not exist. */

interface Person {
  email: string;
  name: string;
}

export const people: [Person, Person, ...Person[]] = [
  { email: 'ada.lund@mail.example', name: 'Ada Lund' },
  { email: 'grace.okafor@mail.example', name: 'Grace Okafor' },
  { email: 'jonas.weber@mail.example', name: 'Jonas Weber' },
  { email: 'mei.tanaka@mail.example', name: 'Mei Tanaka' },
  { email: 'zoe.martin@mail.example', name: 'Zoë Martin' },
];

const goods = [
  { name: 'Oak side table', unitPrice: 18_900 },
  { name: 'Linen cushion, moss', unitPrice: 3_450 },
  { name: 'Beeswax polish, 250 ml', unitPrice: 1_290 },
  { name: 'Ash stool', unitPrice: 9_800 },
  { name: 'Wool throw, slate', unitPrice: 7_950 },
];

/** Orders with items, totals in cents and an address. */
export const orders = people.map((to, i) => {
  const items = goods.slice(0, 1 + (i % 3)).map(({ name, unitPrice }, j) => {
    const quantity = 1 + ((i + j) % 2);
    return { name, quantity, unitPrice, total: quantity * unitPrice };
  });
  const subtotal = items.reduce((sum, { total }) => sum + total, 0);
  const number = `AF-${20_411 + i}`;
  return {
    to,
    data: {
      name: to.name,
      order: {
        number,
        currency: 'EUR',
        placedAt: `2026-11-20T${String(9 + i).padStart(2, '0')}:15:00.000Z`,
        items,
        subtotal,
        shipping: 690,
        tax: Math.round((subtotal + 690) * 0.21),
        total: Math.round((subtotal + 690) * 1.21),
        shippingAddress: `${to.name}\n${12 + i} Mill Lane\nBirkdale`,
        url: `https://alderandfinch.example/orders/${number}`,
      },
    },
  };
});

/** Workshop bookings. */
export const bookings = people.slice(1, 3).map((to, i) => ({
  to,
  data: {
    name: to.name,
    booking: {
      reference: `W-${311 + i}`,
      title: 'Spoon carving for beginners',
      startsAt: '2026-12-05T13:00:00.000Z',
      timeZone: 'Europe/Amsterdam',
      venue: 'The workshop, Birkdale',
      guests: 1 + i,
      manageUrl: `https://alderandfinch.example/bookings/W-${311 + i}`,
    },
  },
}));

const firstNames = ['Ines', 'Karim', 'Lotte', 'Mateo', 'Nora', 'Owen', 'Priya', 'Ruben', 'Sofia', 'Théo'];
const lastNames = ['Berg', 'Costa', 'Dahl', 'Evans', 'Fischer', 'Haas'];

/** Who reads the newsletter; each is greeted by name. One address is dead. */
export const audience = [
  ...lastNames.flatMap(last =>
    firstNames.map(first => ({
      email: `${first}.${last}@readers.example`
        .normalize('NFD')
        .replace(/[^\x20-\x7e]/g, '')
        .toLowerCase(),
      name: `${first} ${last}`,
      data: { name: first },
    })),
  ),
  { email: 'hardbounce.reader@readers.example', name: 'Uma Lind', data: { name: 'Uma' } },
];
