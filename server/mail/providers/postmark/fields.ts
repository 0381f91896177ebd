/** What the payloads of all RecordTypes are: fields that may be there, or be anything. */
export type Payload = Readonly<Record<string, unknown>>;

/** Reads the fields of one payload, and notes what is missing or cannot be read. A class, for there is one for every event. */
export class Fields {
  readonly payload: Payload;
  readonly receivedAt: Date;
  /** What was noted, such as `BouncedAt is missing`. No values: they may be personal. */
  readonly faults: string[] = [];
  /** Whether its date lies in the future, and was not taken. */
  isOfFuture = false;

  constructor(payload: Payload, receivedAt: Date) {
    this.payload = payload;
    this.receivedAt = receivedAt;
  }

  note(name: string, problem: 'is missing' | 'cannot be read' | 'is unknown'): void {
    this.faults.push(`${name} ${problem}`);
  }

  /** A text, or null; anything may be missing. */
  text(name: string): string | null {
    const value = this.payload[name];
    if (isAbsent(value)) return null;
    const text = textOf(value);
    if (text === null) this.note(name, 'cannot be read');
    return text;
  }

  /** The same, and noted where it is missing. */
  needed(name: string): string | null {
    if (isAbsent(this.payload[name])) this.note(name, 'is missing');
    return this.text(name);
  }

  /** An address in lower case, by the first of these names; null and noted where there is none. */
  address(...names: string[]): string | null {
    const name = names.find(one => !isAbsent(this.payload[one]));
    if (name === undefined) {
      this.note(names[0] ?? '', 'is missing');
      return null;
    }
    const key = addressOf(this.payload[name]);
    if (key === null) this.note(name, 'cannot be read');
    return key;
  }

  /** When it happened, and as it is written in a fact; the arrival and null, noted, where it cannot be told. */
  moment(name: string): { at: Date; said: string | null } {
    const value = this.payload[name];
    const at = isAbsent(value) ? null : momentOf(value);
    if (at && isBelievable(at, this.receivedAt)) return { at, said: at.toISOString() };
    if (at && at > this.receivedAt) this.isOfFuture = true;
    this.note(name, isAbsent(value) ? 'is missing' : 'cannot be read');
    return { at: this.receivedAt, said: null };
  }

  /** Yes or no; null and, with `isNeeded`, noted where it is missing. */
  flag(name: string, isNeeded = false): boolean | null {
    const value = this.payload[name];
    if (isAbsent(value)) {
      if (isNeeded) this.note(name, 'is missing');
      return null;
    }
    const flag = flagOf(value);
    if (flag === null) this.note(name, 'cannot be read');
    return flag;
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** What the column of an address holds. */
const longestAddress = 254;

function addressOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > longestAddress) return null;
  const key = value.trim().toLowerCase();
  return key === '' || key.length > longestAddress ? null : key;
}

const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?)(?:Z|([+-]\d\d):?(\d\d))?)?$/i;

/** A date that names no zone is in UTC. */
function momentOf(value: unknown): Date | null {
  const [found, day, time = '00:00', hours, minutes] = iso.exec(typeof value === 'string' ? value : '') ?? [];
  if (!found) return null;
  const at = new Date(`${day}T${time}${hours ? `${hours}:${minutes}` : 'Z'}`);
  return Number.isNaN(at.getTime()) ? null : at;
}

const dayMs = 86_400_000;
/** No mail went out by Postmark before; .NET's empty date is of the year 1. */
const firstOfAll = Date.UTC(2000, 0);

// What is to happen tomorrow was not reported today, whatever the clocks say.
function isBelievable(at: Date, receivedAt: Date): boolean {
  return at.getTime() >= firstOfAll && at.getTime() <= receivedAt.getTime() + dayMs;
}

function flagOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : '';
  if (word === 'true' || word === '1') return true;
  return word === 'false' || word === '0' ? false : null;
}
