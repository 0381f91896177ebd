import type { SendInput } from '../mail/index.ts';
import { type Customer, goods, workshops } from './shop.ts';

/** The mail of the shop's features, each as the feature would send it. Ids and amounts follow from `number`. */

const site = 'https://alderandfinch.example';

/** An order with its items and totals in cents. */
export interface Order {
  number: string;
  to: Customer;
  placedAt: Date;
  items: { name: string; quantity: number; unitPrice: number; total: number }[];
  subtotal: number;
  tax: number;
  total: number;
}

const shipping = 690;

/** One to three things off the shelves. */
export function orderOf(to: Customer, number: number, placedAt: Date): Order {
  const items = Array.from({ length: 1 + (number % 3) }, (_, i) => {
    const { name, unitPrice } = goods[(number + 2 * i) % goods.length] ?? goods[0];
    const quantity = 1 + ((number + i) % 2);
    return { name, unitPrice, quantity, total: quantity * unitPrice };
  });
  const subtotal = items.reduce((sum, { total }) => sum + total, 0);
  const tax = Math.round((subtotal + shipping) * 0.21);
  return { number: `AF-${number}`, to, placedAt, items, subtotal, tax, total: subtotal + shipping + tax };
}

export function confirmation({ to, number, placedAt, items, subtotal, tax, total }: Order): SendInput {
  const order = {
    number,
    currency: 'EUR',
    placedAt: placedAt.toISOString(),
    items,
    subtotal,
    shipping,
    tax,
    total,
  };
  const places = { shippingAddress: addressOf(to), url: `${site}/orders/${number}` };
  return {
    ...sentTo(to, 'order-confirmation', 'order'),
    data: { name: to.name, order: { ...order, ...places } },
    idempotencyKey: `order-${number}`,
    metadata: { order: number },
  };
}

export function receipt({ to, number, placedAt, items, subtotal, tax, total }: Order): SendInput {
  const bought = items.map(({ name, ...rest }) => ({ description: name, ...rest }));
  return {
    ...sentTo(to, 'receipt', 'receipt'),
    data: {
      name: to.name,
      receipt: {
        number: number.replace('AF', 'R'),
        currency: 'EUR',
        paidAt: placedAt.toISOString(),
        paymentMethod: 'Visa ending in 4242',
        billedTo: to.name,
        items: [...bought, { description: 'Delivery', quantity: 1, unitPrice: shipping, total: shipping }],
        subtotal: subtotal + shipping,
        tax,
        total,
        url: `${site}/orders/${number}/receipt`,
      },
    },
    idempotencyKey: `receipt-${number}`,
    metadata: { order: number },
  };
}

export function shipped({ to, number, items }: Order, at: Date): SendInput {
  return {
    ...sentTo(to, 'order-shipped', 'shipping'),
    data: {
      name: to.name,
      orderNumber: number,
      carrier: 'Northline Parcel',
      trackingNumber: number.replace('AF-', 'NL 4471 '),
      trackingUrl: `https://track.northline.example/${number}`,
      shippedAt: at.toISOString(),
      items: items.map(({ name, quantity }) => ({ name, quantity })),
      shippingAddress: addressOf(to),
    },
    idempotencyKey: `shipped-${number}`,
    metadata: { order: number },
  };
}

export function passwordReset(to: Customer, number: number): SendInput {
  return {
    ...sentTo(to, 'password-reset', 'account'),
    data: {
      name: to.name,
      resetUrl: `${site}/reset/${number.toString(36)}`,
      expiresInMinutes: 30,
      requestedFrom: 'Firefox on Windows, Utrecht',
    },
  };
}

export function verification(to: Customer, number: number): SendInput {
  return {
    ...sentTo(to, 'email-verification', 'account'),
    data: {
      name: to.name,
      email: to.email,
      verifyUrl: `${site}/verify/${number.toString(36)}`,
      expiresInHours: 24,
    },
  };
}

export function booking(to: Customer, number: number, startsAt: Date): SendInput {
  const reference = `W-${number}`;
  return {
    ...sentTo(to, 'booking-confirmation', 'booking'),
    data: {
      name: to.name,
      booking: {
        reference,
        title: workshops[number % workshops.length] ?? workshops[0],
        startsAt: startsAt.toISOString(),
        timeZone: 'Europe/Amsterdam',
        venue: 'The workshop, Birkdale',
        guests: 1 + (number % 3),
        manageUrl: `${site}/bookings/${reference}`,
      },
    },
    metadata: { booking: reference },
  };
}

export function tierUpgrade(to: Customer, number: number): SendInput {
  return {
    ...sentTo(to, 'loyalty-tier-upgrade', 'loyalty'),
    data: {
      name: to.name,
      tier: 'Evergreen',
      previousTier: 'Sapling',
      points: 10_000 + (number % 4000),
      benefits: [{ title: 'Free delivery on every order', text: 'No minimum, to any address in Europe.' }],
      actionUrl: `${site}/membership`,
    },
  };
}

function sentTo({ email, name, locale }: Customer, template: string, tag: string) {
  return { template, tag, to: { email, name }, ...(locale !== undefined && { locale }) };
}

function addressOf({ name }: Customer): string {
  return `${name}\n${1 + (name.length % 40)} Mill Lane\nBirkdale`;
}
