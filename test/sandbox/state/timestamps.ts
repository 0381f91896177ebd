/**
 * A moment as Postmark writes it: UTC with seven fraction digits.
 * The digits below the millisecond are made up from the millisecond, so the same moment always reads the same.
 */
export function stamp(ms: number): string {
  const beyond = String((ms * 7919) % 10_000).padStart(4, '0');
  return new Date(ms).toISOString().replace('Z', `${beyond}Z`);
}

const HOUR = 3_600_000;
const datesByHour = new Map<number, string>();

/** The US Eastern calendar day of a moment, `YYYY-MM-DD`. Days begin on the hour, so each hour is worked out once. */
export function easternDate(ms: number): string {
  const hour = Math.floor(ms / HOUR);
  const known = datesByHour.get(hour);
  if (known !== undefined) return known;
  const date = new Date(hour * HOUR + easternOffset(hour * HOUR)).toISOString().slice(0, 10);
  datesByHour.set(hour, date);
  return date;
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Reads a query date, which is US Eastern wall time unless it names a zone. Both ends of a range are inclusive, so as
 * `to` it means the last millisecond of what was written. Null when the text is not a date.
 */
export function readQueryDate(text: string, edge: 'from' | 'to'): number | null {
  const parts = DATE.exec(text.trim());
  if (!parts) return null;
  const [, year, month, day, hour, minute, second, zone] = parts;
  const wall = Date.parse(`${year}-${month}-${day}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}Z`);
  const wanted = edge === 'from' ? wall : wall + spanMs(hour, second);
  const utc = zone ? wanted - offsetOf(zone) : easternToUtc(wanted);
  if (Number.isNaN(utc)) return null;
  return edge === 'from' ? utc : utc - 1;
}

/** How much time a written date covers: a day, a minute or a second. */
function spanMs(hour: string | undefined, second: string | undefined): number {
  if (hour === undefined) return 86_400_000;
  return second === undefined ? 60_000 : 1000;
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

const EASTERN = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** `wallMs` is the wall time written as if it were UTC. Two rounds settle the hours around a clock change. */
function easternToUtc(wallMs: number): number {
  if (Number.isNaN(wallMs)) return wallMs;
  const guess = wallMs - easternOffset(wallMs);
  return wallMs - easternOffset(guess);
}

/** Eastern wall time minus UTC at a moment, in ms (negative: Eastern is behind). */
function easternOffset(utcMs: number): number {
  const parts = Object.fromEntries(EASTERN.formatToParts(utcMs).map(part => [part.type, part.value]));
  const { year, month, day, hour, minute, second } = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - Math.floor(utcMs / 1000) * 1000;
}
