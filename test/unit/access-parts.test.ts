import { expect } from 'chai';
import { TOTP } from 'otpauth';
import { browserName } from '../../server/accounts/browser-cookies.ts';
import { lockoutRules, pauseAfter } from '../../server/accounts/lockout.ts';
import {
  hashPassword,
  needsRehash,
  passwordCost,
  verifyPassword,
} from '../../server/accounts/passwords/hash.ts';
import {
  type Caller,
  createHashQueue,
  type HashQueue,
  QueueFull,
} from '../../server/accounts/passwords/hash-queue.ts';
import { passwordProblem } from '../../server/accounts/passwords/rules.ts';
import { createEncrypter } from '../../server/accounts/secrets.ts';
import {
  newRecoveryCodes,
  newTotpSecret,
  recoveryCodeHash,
  totpStep,
  totpUri,
} from '../../server/accounts/two-factor.ts';
import { signatures } from '../../server/admin/access/csrf.ts';
import { returnPath } from '../../server/admin/access/return-path.ts';
import { mayAs, roles } from '../../server/admin/person.ts';

describe('parts of the access', () => {
  describe('passwords', () => {
    const cheap = { logN: 4, r: 8, p: 1 };

    it('hold when they are the same, and never without one stored', async () => {
      const stored = await hashPassword('a walrus on the stairs', cheap);
      expect(stored).to.match(/^scrypt\$4\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
      expect(await hashPassword('a walrus on the stairs', cheap)).not.to.equal(stored);
      expect(await verifyPassword('a walrus on the stairs', stored, cheap)).to.equal(true);
      expect(await verifyPassword('a walrus on the stair', stored, cheap)).to.equal(false);
      expect(await verifyPassword('', null, cheap)).to.equal(false);
      expect(await verifyPassword('x', 'nonsense', cheap)).to.equal(false);
    });

    it('that are longer than any are not hashed at all', async () => {
      const impossible = { logN: 40, r: 8, p: 1 };
      expect(await verifyPassword('a long one '.repeat(12), null, impossible)).to.equal(false);
      const tried = verifyPassword('a short one', null, impossible).catch(() => 'hashed');
      expect(await tried).to.equal('hashed');
    });

    it('are hashed at the cost of today, and known when they were not', async () => {
      expect(passwordCost).to.deep.equal({ logN: 15, r: 8, p: 3 });
      const stored = await hashPassword('x', cheap);
      expect(needsRehash(stored, cheap)).to.equal(false);
      expect(needsRehash(stored, { ...cheap, p: 2 })).to.equal(true);
      expect(await verifyPassword('x', stored, { ...cheap, p: 2 })).to.equal(true);
    });

    const ada = { email: 'ada.lovelace@example.com', name: 'Ada Lovelace' };
    for (const [password, fault] of [
      ['elevenchars', /at least 12/],
      ['a long one '.repeat(12), /at most 128 characters; this one has 132/],
      ['aaaaaaabbbbbbb', /repeats/],
      ['ada.lovelace1', /little more than/],
      ['Ada Lovelace!', /little more than/],
      ['password12345', /among the first that attackers try/],
      ['Password!2026', /little more than/],
      ['qwertyqwerty1', /little more than/],
      ['Iloveyou2026!', /little more than/],
      ['1Q2W3E4R5T6Y', /among the first that attackers try/],
      ['leavemealone', /among the first that attackers try/],
      ['Chickenwing101', /among the first that attackers try/],
    ] as const) {
      it(`refuse ${password.slice(0, 20)}`, () => {
        expect(passwordProblem(password, ada)).to.match(fault);
      });
    }

    it('take words, accents and signs', () => {
      for (const password of [
        'a walrus on the stairs',
        'ünïcödé ✉ words',
        'password of the walrus king',
        'words and more words '.repeat(6),
      ]) {
        expect(passwordProblem(password, ada), password).to.equal(null);
      }
    });
  });

  it('doubles the pause with each failure beyond the free ones, up to a quarter of an hour', () => {
    const pauses = [1, 4, 5, 6, 7, 9, 10, 1000].map(
      failures => pauseAfter(failures, lockoutRules.account) / 1000,
    );
    expect(pauses).to.deep.equal([0, 0, 30, 60, 120, 480, 900, 900]);
  });

  describe('the queue in which passwords are checked', () => {
    const open = () => createHashQueue({ atOnce: 1, perCaller: 2, strangers: 5 });
    const held = () => {
      let release = () => {};
      const held = new Promise<void>(resolve => {
        release = resolve;
      });
      return { held, release };
    };
    const stranger = (name: string) => ({ name, known: false });
    const enterAndRun = async <T>(queue: HashQueue, caller: Caller, work: () => Promise<T>) =>
      queue.enter(caller).run(work);

    it('lets nobody wait for ever: beyond its bounds it refuses at once', async () => {
      const queue = open();
      const { held: first, release } = held();
      const asked = Array.from({ length: 100 }, (_, i) =>
        enterAndRun(queue, stranger(`n${i}`), () => first).then(
          () => 'done',
          error => error instanceof QueueFull && 'refused',
        ),
      );
      release();
      const answers = await Promise.all(asked);
      expect(answers.filter(answer => answer === 'done')).to.have.length(6);
      expect(answers.filter(answer => answer === 'refused')).to.have.length(94);
      queue.enter(stranger('n1')).leave();
    });

    it('goes round among callers, and keeps a place for people who are known', async () => {
      const queue = open();
      const { held: first, release } = held();
      const order: string[] = [];
      const run = (name: string, known = false) =>
        enterAndRun(queue, { name, known }, async () => {
          order.push(name);
          await first;
        });
      const all = [run('a'), run('b'), run('b'), run('c'), run('d'), run('e')];
      await expectFull(run('f'));
      await expectFull(run('b'));
      all.push(run('ada', true), run('ada', true));
      await expectFull(run('ada', true));
      release();
      await Promise.all(all);
      expect(order).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'ada', 'b', 'ada']);
    });

    it('holds a place from entering on, and takes it back', () => {
      const queue = open();
      const held = ['a', 'b', 'c', 'd', 'e'].map(name => queue.enter(stranger(name)));
      expect(() => queue.enter(stranger('f'))).to.throw(QueueFull);
      held[0]?.leave();
      held[0]?.leave();
      queue.enter(stranger('f'));
      expect(() => queue.enter(stranger('g'))).to.throw(QueueFull);
    });

    it('goes on after work that failed', async () => {
      const queue = open();
      const failed = enterAndRun(queue, stranger('a'), () => Promise.reject(new Error('broken')));
      const next = enterAndRun(queue, stranger('b'), async () => 'done');
      expect(await failed.catch((error: Error) => error.message)).to.equal('broken');
      expect(await next).to.equal('done');
    });

    const expectFull = async (asked: Promise<unknown>) =>
      expect(await asked.catch((error: unknown) => error)).to.be.instanceOf(QueueFull);
  });

  describe('codes of the second factor', () => {
    const secret = newTotpSecret();
    const now = new Date('2026-05-04T09:00:15Z');
    const codeAt = (seconds: number) =>
      TOTP.generate({ secret: new TOTP({ secret }).secret, timestamp: now.getTime() + seconds * 1000 });
    const step = Math.floor(now.getTime() / 30_000);

    it('hold while a clock is off by one step at most', () => {
      expect(totpStep(secret, codeAt(0), now)).to.equal(step);
      expect(totpStep(secret, codeAt(-30), now)).to.equal(step - 1);
      expect(totpStep(secret, codeAt(30), now)).to.equal(step + 1);
      for (const off of [-60, 60, 3600])
        expect(totpStep(secret, codeAt(off), now), String(off)).to.equal(null);
    });

    it('are six digits, however they are spaced', () => {
      const code = codeAt(0);
      expect(totpStep(secret, ` ${code.slice(0, 3)} ${code.slice(3)}`, now)).to.equal(step);
      for (const typed of ['', '12345', '1234567', 'abcdef', `${code}0`])
        expect(totpStep(secret, typed, now)).to.equal(null);
    });

    it('come from an address that apps read', () => {
      expect(totpUri(secret, 'ada@example.com')).to.match(
        new RegExp(`^otpauth://totp/Postlane:ada%40example.com\\?issuer=Postlane&secret=${secret}&`),
      );
    });
  });

  it('makes recovery codes that differ, and forgives how they are typed', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).to.equal(10);
    for (const code of codes) {
      expect(code).to.match(/^([0-9a-z]{4}-){3}[0-9a-z]{4}$/);
      const hash = recoveryCodeHash(code);
      expect(hash).to.match(/^[0-9a-f]{64}$/);
      expect(recoveryCodeHash(` ${code.toUpperCase().replaceAll('-', ' ')} `)).to.equal(hash);
      expect(recoveryCodeHash(code.replaceAll('0', 'O').replaceAll('1', 'l'))).to.equal(hash);
    }
    for (const typed of ['', '123456', 'uuuu-uuuu-uuuu-uuuu', 'x'.repeat(17)])
      expect(recoveryCodeHash(typed)).to.equal(null);
  });

  it('opens what it sealed with any of its keys, for its owner alone, and nothing else', () => {
    const encrypted = createEncrypter(['old key']).encrypt('secret', 'ada');
    expect(encrypted).not.to.include('secret');
    expect(createEncrypter(['new key', 'old key']).decrypt(encrypted, 'ada')).to.equal('secret');
    expect(createEncrypter(['new key', 'old key']).decrypt(encrypted, 'grace')).to.equal(null);
    expect(createEncrypter(['new key']).decrypt(encrypted, 'ada')).to.equal(null);
    for (const text of ['', 'a.b.c', encrypted.slice(0, -2)])
      expect(createEncrypter(['old key']).decrypt(text, 'ada')).to.equal(null);
  });

  it('signs for one purpose, and accepts older keys', () => {
    const signature = signatures(['old'], 'form').sign('text');
    expect(signatures(['new', 'old'], 'form').verify('text', signature)).to.equal(true);
    expect(signatures(['new'], 'form').verify('text', signature)).to.equal(false);
    expect(signatures(['old'], 'link').verify('text', signature)).to.equal(false);
    for (const other of ['', signature.slice(1), `${signature}A`, '\u0000']) {
      expect(signatures(['old'], 'form').verify('text', other), other).to.equal(false);
    }
  });

  it('goes back into the app only', () => {
    expect(returnPath('messages?state=sent&x=%2F')).to.equal('./messages?state=sent&x=%2F');
    expect(returnPath('./templates/a/../b')).to.equal('./templates/b');
    for (const out of [
      null,
      undefined,
      ['messages'],
      '',
      '/',
      '//x.example',
      '/\\x.example',
      'https://x.example',
      'javascript:alert(1)',
      'data:text/html,x',
      '..',
      '../x',
      '%2e%2e/x',
      'sign-in?return=x',
      'sign-out',
      './/x.example',
      '\n//x.example',
      'x'.repeat(3000),
    ]) {
      expect(returnPath(out), String(out).slice(0, 40)).to.equal('./');
    }
  });

  it('orders the roles', () => {
    const person = (role: (typeof roles)[number]) => ({ id: '1', name: 'x', role });
    expect(roles.filter(role => mayAs(person(role), 'publisher'))).to.deep.equal(['publisher', 'admin']);
    expect(roles.filter(role => mayAs(person(role), 'viewer'))).to.deep.equal([...roles]);
  });

  it('names browsers', () => {
    const windows =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36';
    expect(browserName(windows)).to.equal('Chrome on Windows');
    expect(browserName(`${windows} Edg/130.0`)).to.equal('Edge on Windows');
    expect(browserName('Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0')).to.equal(
      'Firefox on Linux',
    );
    expect(
      browserName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1'),
    ).to.equal('Safari on iPhone');
    expect(browserName('curl/8.0')).to.equal('Another program');
    expect(browserName()).to.equal('Another program');
  });
});
