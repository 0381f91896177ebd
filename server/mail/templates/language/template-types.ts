import type { ContractSpec, FieldSpec } from './contract.ts';

declare global {
  /**
   * The data of each template by its key. Empty, and then any key and data compile, until the file that
   * `postlane types` writes is part of a program: it declares a property for each template.
   */
  interface PostlaneTemplates {}
}

declare global {
  /** The topics that people subscribe to. Empty, and then any topic compiles, until the same file declares them. */
  interface PostlaneTopics {}
}

type KnownTemplate = keyof PostlaneTemplates;

/** What people subscribe to: a lower-case word of at most 64 characters. */
export type Topic = [keyof PostlaneTopics] extends [never] ? string : keyof PostlaneTopics & string;

/** Which template a campaign is of, and the part of its data that all recipients share. */
export type CampaignTemplateInput = [KnownTemplate] extends [never]
  ? {
      /** Key of a template whose category is bulk. */
      template: string;
      /** Shared by all recipients; their own data is merged over it. */
      data?: Record<string, unknown> | undefined;
    }
  : {
      [Key in KnownTemplate]: { template: Key; data?: Partial<PostlaneTemplates[Key]> | undefined };
    }[KnownTemplate];

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

/** A template as far as its types go. */
export interface TypedTemplate {
  key: string;
  description: string;
  contract: ContractSpec;
}

/** The TypeScript declarations of what each template takes, and of the topics, as a whole file. */
export function templateTypes(templates: readonly TypedTemplate[], topics: readonly string[] = []): string {
  const members = [...templates]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, description, contract }) => {
      const comment = description ? `    /** ${inComment(description)} */\n` : '';
      return `${comment}    ${JSON.stringify(key)}: ${objectType(contract, '    ')};\n`;
    });
  const names = [...new Set(topics)].sort().map(topic => `    ${JSON.stringify(topic)}: true;\n`);
  const topicTypes = names.length > 0 ? `  interface PostlaneTopics {\n${names.join('')}  }\n` : '';
  const templateTypes = `  interface PostlaneTemplates {\n${members.join('')}  }\n`;
  return `${heading}\ndeclare global {\n${templateTypes}${topicTypes}}\n\nexport {};\n`;
}

const heading = `// Written by \`postlane types\` from the contracts of the templates and the topics of the configuration: do not edit.
// Part of a program, it makes a wrong \`template\`, \`data\` or \`topic\` in \`mail.send\` an error of its compilation.
`;

function objectType(fields: ContractSpec, indent: string): string {
  const names = Object.entries(fields);
  if (names.length === 0) return 'Record<string, never>';
  const inner = `${indent}  `;
  // What is left out, undefined or null is all the same to a template.
  const members = names.map(([name, spec]) =>
    spec.optional
      ? `${name}?: ${typeOf(spec, inner)} | null | undefined;`
      : `${name}: ${typeOf(spec, inner)};`,
  );
  return `{\n${inner}${members.join(`\n${inner}`)}\n${indent}}`;
}

function typeOf(spec: FieldSpec, indent: string): string {
  if (spec.enum) return spec.enum.map(value => JSON.stringify(value)).join(' | ');
  switch (spec.type) {
    case 'string':
    case 'url':
    case 'email':
    case 'timezone':
    case 'currency':
      return 'string';
    case 'date':
      // A Date is ISO 8601 once it is JSON.
      return 'string | Date';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'object':
      return objectType(spec.fields ?? {}, indent);
    case 'array':
      return `readonly (${spec.items ? itemType(spec.items, indent) : 'unknown'})[]`;
  }
}

function itemType(items: FieldSpec, indent: string): string {
  return items.optional ? `${typeOf(items, indent)} | null` : typeOf(items, indent);
}

function inComment(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('*/', '* /').trim();
}
