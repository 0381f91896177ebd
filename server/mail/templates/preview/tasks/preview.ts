import { composeMime } from '../../../providers/smtp/mime.ts';
import { envelopeOf, type Mailbox } from '../../../providers/transport.ts';
import { type RenderedMail, type RenderJob, render } from './render.ts';

/** A mail to render for one recipient. */
export interface PreviewJob extends RenderJob {
  from: Mailbox;
  to: Mailbox;
}

/** A mail as its recipient would get it, and its size in bytes as it travels. */
export interface PreviewedMail {
  mail: RenderedMail;
  mimeBytes: number;
}

/** Renders a mail and measures it: encoding several megabytes takes as long as rendering them. */
export async function preview({ from, to, ...job }: PreviewJob): Promise<PreviewedMail> {
  const mail = render(job);
  const envelope = envelopeOf({ attemptId: nobodys, stream: '', from, to }, mail);
  return { mail, mimeBytes: Buffer.byteLength(await composeMime(envelope, {})) };
}

const nobodys = '00000000-0000-7000-8000-000000000000';
