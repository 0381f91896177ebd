/** A file as the send endpoint takes it; `content` is base64. */
export interface SourceAttachment {
  name: string;
  contentType: string;
  content: string;
  contentId: string;
}

/** What the sender handed over: the fields of a REST call, or a whole MIME message over SMTP. */
export type Source =
  | {
      kind: 'fields';
      html: string;
      text: string;
      headers: { Name: string; Value: string }[];
      attachments: SourceAttachment[];
    }
  | { kind: 'mime'; raw: Buffer };

/** Keeps the bodies of the newest messages only, so that a long campaign does not fill the memory. */
export class ContentWindow {
  readonly #limit: number;
  readonly #sources = new Map<string, Source>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  keep(id: string, source: Source): void {
    this.#sources.set(id, source);
    if (this.#sources.size <= this.#limit) return;
    const oldest = this.#sources.keys().next();
    if (!oldest.done) this.#sources.delete(oldest.value);
  }

  get(id: string): Source | undefined {
    return this.#sources.get(id);
  }

  clear(): void {
    this.#sources.clear();
  }
}
