export type TemplateType = 'Standard' | 'Layout';

/** A template of a server. */
export interface Template {
  readonly id: number;
  readonly type: TemplateType;
  name: string;
  alias: string | null;
  subject: string;
  html: string;
  text: string;
  /** The alias of its layout. */
  layout: string | null;
  /** False once it was deleted; it can still be read. */
  active: boolean;
}

/** The templates of one server. */
export class TemplateStore {
  readonly #templates = new Map<number, Template>();
  #nextId: number;

  /** Ids go up from `firstId`, so that servers can be told apart. */
  constructor(firstId = 34_000_001) {
    this.#nextId = firstId;
  }

  add(fields: Omit<Template, 'id' | 'active'>): Template {
    const template = { ...fields, id: this.#nextId++, active: true };
    this.#templates.set(template.id, template);
    return template;
  }

  /** By id or alias; a deleted one gives its alias up. */
  get(idOrAlias: string | number): Template | undefined {
    return /^\d+$/.test(String(idOrAlias))
      ? this.#templates.get(Number(idOrAlias))
      : this.list().find(({ alias }) => alias?.toLowerCase() === String(idOrAlias).toLowerCase());
  }

  /** The ones not deleted, oldest first. */
  list(): Template[] {
    return [...this.#templates.values()].filter(({ active }) => active);
  }
}
