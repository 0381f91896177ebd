import type { Content } from '../content/content.ts';
import type { CapturedMessage } from '../store/messages.ts';
import type { ListView } from './search.ts';

/** The views of a message and their names. */
export const VIEWS = {
  html: 'HTML',
  text: 'Text',
  headers: 'Headers',
  raw: 'Raw',
  events: 'Events',
} as const;
export type View = keyof typeof VIEWS;

/** How one message is looked at. */
export interface MessageView {
  message: CapturedMessage;
  /** Whose copy is shown: an index of the recipients. */
  recipient: number;
  /** Null when the body is no longer kept. */
  content: Content | null;
  /** The source, for the view of it. */
  raw: string;
  view: View;
  list: ListView;
}

/** The view asked for, else the first that has something to show. */
export function readView(asked: string | null, content: Content | null): View {
  const view = (Object.keys(VIEWS) as View[]).find(one => one === asked);
  if (view) return view;
  if (!content) return 'events';
  return content.html === '' ? 'text' : 'html';
}
