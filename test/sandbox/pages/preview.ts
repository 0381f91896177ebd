import type { Content } from '../content/content.ts';

/** What the frame may load: pictures, as mail programs do; no script, no form, no frame. */
export const PREVIEW_POLICY =
  "default-src 'none'; style-src 'unsafe-inline' https:; img-src data: http: https:; font-src data: https:; base-uri 'self'; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'";

/** The HTML part with its inline pictures in place; links open elsewhere. */
export function preview({ html, attachments }: Content): string {
  const pictures = new Map(
    attachments.map(({ contentId, contentType, content }) => [
      contentId.replace(/^<|>$|^cid:/g, ''),
      `data:${contentType.replace(/[^\w./+-]/g, '')};base64,${content.toString('base64')}`,
    ]),
  );
  const shown = html.replace(/\bcid:([^"'\s)>]+)/gi, (whole, id: string) => pictures.get(id) ?? whole);
  return shown.includes('<base') ? shown : `${shown}<base target="_blank">`;
}
