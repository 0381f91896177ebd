import { renderFor } from '../content/render.ts';
import { trackedLinks } from '../content/tracked-links.ts';
import { readTrackingPath } from '../content/tracking.ts';
import { clicked, opened } from '../delivery/events.ts';
import type { Provider } from '../state/provider.ts';
import type { Answer } from './answer.ts';

/**
 * Behind the picture of a mail, which counts an open, and behind its links, which count a click and lead on. Null for an
 * address that no mail has, or whose mail is no longer kept.
 */
export async function trackedAnswer(provider: Provider, path: string): Promise<Answer | null> {
  const tracked = readTrackingPath(provider, path);
  if (!tracked) return null;
  const { kind, message, email } = tracked;
  if (kind === 'open') {
    if (message.trackOpens) opened(provider, message, email);
    return { picture: PIXEL };
  }
  const content = await renderFor(provider, message, email);
  const link = content && trackedLinks(content, message.trackLinks)[tracked.link];
  if (!link) return null;
  clicked(provider, message, email, link);
  return { seeOther: link.link };
}

/** One transparent point. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
