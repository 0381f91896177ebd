import { findAll } from '../page.ts';

const day = { day: 'numeric', month: 'short', year: 'numeric' } as const;
const minute = { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const formats: Record<string, Intl.DateTimeFormat> = {
  minute: new Intl.DateTimeFormat('en-GB', minute),
  second: new Intl.DateTimeFormat('en-GB', { ...minute, second: '2-digit' }),
};
const utc = new Intl.DateTimeFormat('en-GB', { ...minute, second: '2-digit', timeZone: 'UTC' });

/** The viewer's zone, as its name goes. */
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Puts times into the viewer's zone; UTC shows on hover. */
export function localise(within: ParentNode): void {
  for (const time of findAll<HTMLTimeElement>('time[data-local]', within)) {
    const at = new Date(time.dateTime);
    const format = formats[time.dataset.local ?? ''];
    if (!format || Number.isNaN(at.getTime())) continue;
    time.title = `${utc.format(at)} UTC`;
    time.textContent = format.format(at);
  }
}

/** Does so with the whole page, and says so at its end. */
export function localisePage(): void {
  localise(document);
  const note = document.querySelector('[data-zone]');
  if (note && zone !== 'UTC') {
    note.textContent = `Times are in ${zone.replaceAll('_', ' ')}; hover over one to see UTC.`;
  }
}
