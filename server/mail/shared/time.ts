/** A minute in ms. */
export const minuteMs = 60_000;

/** An hour in ms. */
export const hourMs = 3_600_000;

/** A day in ms. */
export const dayMs = 24 * hourMs;

/** The moment `ms` milliseconds after another. */
export function addMs(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms);
}

/** The beginning of the hour a moment is in, UTC. */
export function hourOf(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / hourMs) * hourMs);
}

/** The hours that messages with these ids belong to, each once. */
export function distinctHours(moments: readonly Date[]): Date[] {
  return [...new Set(moments.map(moment => hourOf(moment).getTime()))].map(time => new Date(time));
}

/**
 * A moment as DATETIME(3) text in UTC. Dates are bound as text, never as Date: a caller's own pool may be set to
 * another zone, and its transaction is where `send` writes.
 */
export function utc(moment: Date): string;
export function utc(moment: Date | null): string | null;
export function utc(moment: Date | null): string | null {
  return moment === null ? null : moment.toISOString().slice(0, 23).replace('T', ' ');
}

/** The moment of such a text, as {@link utc} writes it. */
export function fromUtc(text: string): Date;
export function fromUtc(text: string | null): Date | null;
export function fromUtc(text: string | null): Date | null {
  return text === null ? null : new Date(`${text.replace(' ', 'T')}Z`);
}

/** What `work` comes to, or a fault that says so after `ms`; the work itself is left to its own end. */
export async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('too late'), { code: 'ETIMEDOUT' })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
