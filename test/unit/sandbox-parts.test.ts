import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { BOUNCE_TYPES, bounceType } from '../sandbox/delivery/bounce-types.ts';
import { FaultPlan } from '../sandbox/faults/faults.ts';
import { expectToFit } from '../sandbox/inbound/receive.ts';
import { createCertificate } from '../sandbox/smtp/certificate.ts';
import { Clock } from '../sandbox/state/clock.ts';
import { PendingTasks } from '../sandbox/state/pending-tasks.ts';

describe('the parts of the sandbox', () => {
  it('make a certificate for this machine that is its own authority', () => {
    const { cert, key } = createCertificate();
    const certificate = new X509Certificate(cert);
    expect(certificate.checkHost('localhost')).to.equal('localhost');
    expect(certificate.checkIP('127.0.0.1')).to.equal('127.0.0.1');
    expect(certificate.ca).to.equal(true);
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
    expect(Date.parse(certificate.validFrom)).to.be.below(Date.now());
    expect(Date.parse(certificate.validTo)).to.be.above(Date.now() + 300 * 86_400_000);
    expect(key).to.match(/^-----BEGIN PRIVATE KEY-----/);
    expect(new X509Certificate(createCertificate().cert).serialNumber).not.to.equal(certificate.serialNumber);
  });

  it('take inbound mail with 35 MB of files in all, and no more', () => {
    const half = { ContentLength: 17.5 * 1024 * 1024 };
    expectToFit([half, half]);
    expect(() => expectToFit([half, half, { ContentLength: 1 }])).to.throw(RangeError, '35 MB');
  });

  it('do delayed tasks in order and forget them when told', async () => {
    const seen: number[] = [];
    const clock = new Clock();
    const tasks = new PendingTasks(clock);
    const add = (item: number): void => tasks.later(60_000, () => seen.push(item));
    for (const item of [1, 2, 3]) add(item);
    expect(tasks.size).to.equal(3);
    await clock.advance(60_000, async () => {});
    expect(tasks.size).to.equal(0);
    expect(seen).to.deep.equal([1, 2, 3]);
    add(4);
    tasks.clear();
    await clock.advance(60_000, async () => {});
    clock.stop();
    expect(seen).to.deep.equal([1, 2, 3]);
  });

  it('count faults down and let the first that matches strike', () => {
    const book = new FaultPlan();
    book.add({ where: 'POST /email', kind: 'slow', times: 1 });
    book.add({ where: 'post /*', kind: 'drop', matching: 'x' });
    expect(book.take('POST /email')?.kind).to.equal('slow');
    expect(book.take('POST /email')).to.equal(undefined);
    expect(book.take('POST /email', () => 'axb')?.kind).to.equal('drop');
    expect(book.take('GET /email', () => 'x')).to.equal(undefined);
    expect(book.triggered).to.equal(2);
  });

  it('know every bounce type by name and code, once', () => {
    expect(BOUNCE_TYPES).to.have.length(22);
    expect(new Set(BOUNCE_TYPES.map(({ code }) => code)).size).to.equal(22);
    expect(bounceType('HARD_BOUNCE')?.code).to.equal(1);
    expect(bounceType('dmarcpolicy')?.code).to.equal(100009);
    expect(bounceType('nothing')).to.equal(undefined);
  });
});
