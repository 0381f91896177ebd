declare global {
  /**
   * The data of each template by its key. Empty, and then any key and data compile, until the file that
   * `npm run templates:types` writes is part of a program: it declares a property for each template.
   */
  interface PostlaneTemplates {}
}

type KnownTemplate = keyof PostlaneTemplates;

/** Which template, and its data: together, so that data of another template does not compile. */
export type TemplateInput = [KnownTemplate] extends [never]
  ? {
      /** Key of a template; its category decides stream, route and consent. */
      template: string;
      /** Checked against the template's contract. */
      data?: unknown;
    }
  : { [Key in KnownTemplate]: { template: Key } & DataInput<PostlaneTemplates[Key]> }[KnownTemplate];

// A template that needs nothing can be sent without data.
type DataInput<Data> = object extends Data ? { data?: Data } : { data: Data };
