import type { Provider } from '../state/provider.ts';
import type { CapturedMessage } from '../store/messages.ts';

export const PAGE_SIZE = 50;

/** What of the list is shown. */
export interface ListView {
  /** What was searched for; empty: everything. */
  words: string;
  /** From 0, the newest. */
  page: number;
}

/** One page of what was found. */
export interface Found {
  messages: CapturedMessage[];
  total: number;
}

export function readListView(query: URLSearchParams): ListView {
  const page = Number(query.get('page') ?? 0);
  return { words: (query.get('q') ?? '').trim(), page: Number.isSafeInteger(page) && page > 0 ? page : 0 };
}

/** The address part that keeps a view: empty or `?q=...&page=...`. */
export function writeListView({ words, page }: ListView, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    ...(words && { q: words }),
    ...(page > 0 && { page: String(page) }),
    ...more,
  });
  return query.size === 0 ? '' : `?${query}`;
}

/** Messages in which every word occurs, newest first; bodies are looked at while they are kept. */
export function search({ messages }: Provider, { words, page }: ListView): Found {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  const all = messages.all();
  const found =
    wanted.length === 0
      ? all
      : all.filter(message => {
          const text = `${textOf(message)} ${bodyOf(messages.source(message.id))}`.toLowerCase();
          return wanted.every(word => text.includes(word));
        });
  const end = Math.max(0, found.length - page * PAGE_SIZE);
  return { messages: found.slice(Math.max(0, end - PAGE_SIZE), end).reverse(), total: found.length };
}

function textOf({ id, from, recipients, subject, tag, stream, metadata }: CapturedMessage): string {
  return [id, from, ...recipients, subject, tag, stream, ...Object.values(metadata)].join(' ');
}

function bodyOf(source: ReturnType<Provider['messages']['source']>): string {
  if (!source) return '';
  return source.kind === 'mime' ? source.raw.toString('utf8') : `${source.text} ${source.html}`;
}
