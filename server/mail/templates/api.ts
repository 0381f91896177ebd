import type { Authoring } from './authoring/api.ts';
import type { Rendered } from './language/render.ts';
import type { TemplateChecks } from './preview/index.ts';

/** Templates, layouts, partials and the brand, their life and what can be asked about them: `mail.templates`. */
export interface MailTemplates extends Authoring, TemplateChecks {
  /** Keys of all published templates, sorted. */
  keys(): Promise<string[]>;
  /** A template with its sample data, as it would be sent. Throws `unknown-template`. */
  sample(key: string, locale?: string | null | undefined): Promise<Rendered>;
}
