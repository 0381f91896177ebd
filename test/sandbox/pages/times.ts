import { type Html, html } from './html.ts';

const DAY_MS = 86_400_000;

/** The time of today, the date of other days; the whole moment is its title. */
export function shortTime(at: number, now: number): Html {
  const iso = new Date(at).toISOString();
  const text = now - at < DAY_MS && iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  return html`<time datetime="${iso}" title="${longTime(at)}">${text ? iso.slice(11, 19) : iso.slice(0, 10)}</time>`;
}

/** To the millisecond, UTC. */
export function longTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 23).replace('T', ' ')} UTC`;
}
