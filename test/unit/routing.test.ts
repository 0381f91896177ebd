import { expect } from 'chai';
import {
  type CategoryPolicy,
  categoryPolicy,
  checkPolicy,
  chooseRoute,
  type Policy,
} from '../../server/mail/routing/policy.ts';
import { checkUnsubscribing } from '../../server/mail/routing/unsubscribing.ts';
import { defaultPolicy } from '../../server/mail/wiring.ts';
import { refusalOf } from '../support/refusal.ts';

const from = { email: 'shop@sender.example' };
const recipients = Array.from({ length: 20_000 }, (_, i) => `person${i}@mail.example`);

/** A policy with the one category `order`, whose routes are transports a, b, c with these weights. */
function weighted(...weights: number[]): Policy {
  const order: CategoryPolicy = {
    lane: 'transactional',
    routes: weights.map((weight, i) => ({ stream: 'outbound', transport: 'abc'.charAt(i), weight })),
    consent: 'none',
    onUnknown: 'prefer-once',
  };
  return { version: 7, from, categories: { order } };
}

function shares(policy: Policy): Record<string, number> {
  const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
  for (const recipient of recipients) {
    const { transport } = chooseRoute(policy, 'order', recipient);
    counts[transport] = (counts[transport] ?? 0) + 1 / recipients.length;
  }
  return counts;
}

describe('routing', () => {
  it('says what was decided and by which version', () => {
    const route = chooseRoute(weighted(1), 'order', 'ada@mail.example');
    expect(route).to.deep.include({
      category: 'order',
      lane: 'transactional',
      stream: 'outbound',
      transport: 'a',
      policyVersion: 7,
    });
    expect(route.bucket).to.be.within(0, 99);
    expect(Number.isInteger(route.bucket)).to.equal(true);
  });

  it('gives a recipient the same bucket every time, in this release and the next', () => {
    // Written down: a change of the hash would move every recipient of a running rollout.
    expect(chooseRoute(weighted(1), 'order', 'ada@mail.example').bucket).to.equal(32);
    expect(chooseRoute(weighted(9, 1), 'order', 'ada@mail.example').bucket).to.equal(32);
  });

  it('spreads recipients evenly over all buckets', () => {
    const counts = new Array<number>(100).fill(0);
    for (const recipient of recipients) {
      const { bucket } = chooseRoute(weighted(1), 'order', recipient);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    // 200 each; five standard deviations are 70.
    for (const count of counts) expect(count).to.be.within(130, 270);
  });

  it('decides anew for each category', () => {
    const { order } = weighted(1).categories;
    if (!order) throw new Error('no category');
    const policy: Policy = { ...weighted(1), categories: { order, receipt: order } };
    const same = recipients.filter(
      one => chooseRoute(policy, 'order', one).bucket === chooseRoute(policy, 'receipt', one).bucket,
    );
    expect(same.length / recipients.length).to.be.below(0.03);
  });

  it('honours weights', () => {
    const { a, b, c } = shares(weighted(5, 3, 2));
    expect(a).to.be.closeTo(0.5, 0.02);
    expect(b).to.be.closeTo(0.3, 0.02);
    expect(c).to.be.closeTo(0.2, 0.02);
    const thirds = shares(weighted(1, 1, 1));
    for (const share of Object.values(thirds)) expect(share).to.be.closeTo(1 / 3, 0.02);
  });

  it('uses no route of weight 0, first or last', () => {
    expect(shares(weighted(0, 1)).a).to.equal(0);
    expect(shares(weighted(1, 0)).b).to.equal(0);
    expect(shares(weighted(1, 0, 1)).b).to.equal(0);
  });

  it('only moves recipients towards a route whose share grows', () => {
    for (const recipient of recipients.slice(0, 2000)) {
      if (chooseRoute(weighted(2, 8), 'order', recipient).transport === 'a') {
        expect(chooseRoute(weighted(5, 5), 'order', recipient).transport).to.equal('a');
      }
    }
  });

  it('refuses a category the policy does not have', () => {
    for (const category of ['unheard-of', 'constructor', '__proto__']) {
      expect(refusalOf(() => categoryPolicy(weighted(1), category)).code).to.equal('unknown-category');
      expect(refusalOf(() => chooseRoute(weighted(1), category, 'a@mail.example')).code).to.equal(
        'unknown-category',
      );
    }
  });

  it('refuses a policy that cannot route', () => {
    const known = new Map(['a', 'b', 'c'].map(name => [name, {}]));
    checkPolicy(weighted(1, 0), known);
    expect(() => checkPolicy(weighted(1), new Map([['b', {}]]))).to.throw(
      /order routes to a, which is not configured/,
    );
    expect(() => checkPolicy(weighted(0, 0), known)).to.throw(/no route with weight/);
    expect(() => checkPolicy(weighted(), known)).to.throw(/no route with weight/);
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => checkPolicy(weighted(1, weight), known)).to.throw(/weight is not a number/);
    }
  });

  it('has a policy for a start that Postmark alone can serve', () => {
    const policy = defaultPolicy(from);
    const transports = new Map(['postmark-api', 'postmark-smtp'].map(name => [name, { unsubscribes: true }]));
    checkPolicy(policy, transports);
    checkUnsubscribing(policy, { options: undefined, transports, hasLinks: false });
    expect(categoryPolicy(policy, 'account')).to.include({
      lane: 'transactional',
      onUnknown: 'prefer-delivery',
    });
    expect(categoryPolicy(policy, 'newsletter')).to.include({
      lane: 'bulk',
      consent: 'opt-out',
      onUnknown: 'prefer-once',
    });
  });
});
