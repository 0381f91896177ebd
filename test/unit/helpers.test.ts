import { expect } from 'chai';
import { MailError } from '../../server/mail/error.ts';
import { compileTemplate } from '../../server/mail/templates/language/render.ts';
import { templateContent } from '../support/template-content.ts';

describe('the helpers of templates', () => {
  // Intl puts no-break spaces into some of these; a plain space reads better here.
  const shown = (source: string, data: Record<string, unknown>, locale = 'en-GB'): string =>
    compileTemplate(templateContent({ subject: source }))
      .render(data, { locale, unsubscribe: '' })
      .subject.replace(/\s/g, ' ');

  it('money: from the minor unit of its currency, as the locale writes it', () => {
    expect(shown('{{money a "EUR"}}', { a: 123456 })).to.equal('€1,234.56');
    expect(shown('{{money a "EUR"}}', { a: 123456 }, 'nl-NL')).to.equal('€ 1.234,56');
    expect(shown('{{money a "JPY"}}', { a: 500 })).to.equal('JP¥500');
    expect(shown('{{money a "KWD"}}', { a: 1500 })).to.equal('KWD 1.500');
    expect(shown('{{money a "GBP"}}', { a: -5 })).to.equal('-£0.05');
  });

  it('date: the day in UTC, or in the zone given', () => {
    const at = '2026-03-28T23:30:00Z';
    expect(shown('{{date at}}', { at })).to.equal('28 March 2026');
    expect(shown('{{date at "Europe/Amsterdam"}}', { at })).to.equal('29 March 2026');
    expect(shown('{{date at zone}}', { at, zone: 'Europe/Amsterdam' }, 'nl-NL')).to.equal('29 maart 2026');
  });

  it('datetime: day and time with the name of the zone, on both sides of a change of clocks', () => {
    const zone = 'Europe/Amsterdam';
    expect(shown('{{datetime at zone}}', { at: '2026-03-29T00:59:00Z', zone })).to.equal(
      '29 March 2026 at 01:59 CET',
    );
    expect(shown('{{datetime at zone}}', { at: '2026-03-29T01:00:00Z', zone })).to.equal(
      '29 March 2026 at 03:00 CEST',
    );
  });

  it('number: grouped as the locale does', () => {
    expect(shown('{{number n}}', { n: 1234567.5 })).to.equal('1,234,567.5');
    expect(shown('{{number n}}', { n: 1234567.5 }, 'de')).to.equal('1.234.567,5');
  });

  it('show nothing for an optional value that was left out', () => {
    expect(shown('[{{money a "EUR"}}{{date a}}{{datetime a}}{{number a}}]', { a: null })).to.equal('[]');
  });

  it('refuse what they cannot write, as an error of the template', () => {
    expect(() => shown('{{date at}}', { at: 'soon' })).to.throw(MailError);
    expect(() => shown('{{money 1 c}}', { c: 'euro' })).to.throw(MailError);
  });
});
