import type { ContractSpec, FieldSpec, RecipientInput } from '../../../mail/index.ts';

/** What a column is read as: `email`, `name`, or the path of a field of the data. */
export interface Column {
  header: string;
  email: boolean;
  name: boolean;
  field: { path: string[]; spec: FieldSpec } | null;
}

/** The columns of a file; `unused` are those that nothing was found for. */
export interface Columns {
  columns: Column[];
  unused: string[];
}

const emailHeaders = new Set(['email', 'mail', 'address', 'emailaddress', 'recipient']);
const nameHeaders = new Set(['name', 'fullname', 'recipientname']);

/** Finds what each column is by its header; `chosen` overrules it: `email`, `name`, `data.<path>`, or nothing. */
export function columnsOf(
  headers: readonly string[],
  contract: ContractSpec,
  chosen: Readonly<Record<string, string>> = {},
): Columns {
  const fields = new Map(leavesOf(contract).map(leaf => [leaf.path.join('.'), leaf]));
  const byWord = new Map([...fields].map(([path, leaf]) => [wordOf(path), leaf]));
  const columns = headers.map(header => {
    const choice = Object.hasOwn(chosen, header) ? chosen[header] : undefined;
    if (choice !== undefined) return chosenColumn(header, choice, fields);
    const word = wordOf(header);
    return {
      header,
      email: emailHeaders.has(word) && !byWord.has(word),
      name: nameHeaders.has(word),
      field: byWord.get(wordOf(header.replace(/^data\./i, ''))) ?? null,
    };
  });
  if (!columns.some(({ email }) => email)) {
    // A template may ask for the address as well: then the column is both.
    const both = columns.find(({ header }) => emailHeaders.has(wordOf(header)));
    if (both) both.email = true;
  }
  return {
    columns,
    unused: columns.filter(one => !one.email && !one.name && !one.field).map(({ header }) => header),
  };
}

function chosenColumn(
  header: string,
  choice: string,
  fields: ReadonlyMap<string, { path: string[]; spec: FieldSpec }>,
): Column {
  const field = fields.get(choice.replace(/^data\./, '')) ?? null;
  return {
    header,
    email: choice === 'email',
    name: choice === 'name',
    field: choice.startsWith('data.') ? field : null,
  };
}

/** Fields that a cell can hold: what is in objects, but no lists. */
export function leavesOf(
  contract: ContractSpec,
  above: string[] = [],
): { path: string[]; spec: FieldSpec }[] {
  return Object.entries(contract).flatMap(([name, spec]) => {
    const path = [...above, name];
    if (spec.type === 'array') return [];
    return spec.type === 'object' ? leavesOf(spec.fields ?? {}, path) : [{ path, spec }];
  });
}

/** One line as a recipient. An empty cell says nothing: what all recipients share stays in force. */
export function recipientOf(columns: readonly Column[], cells: readonly string[]): RecipientInput {
  const recipient: RecipientInput & { data: Record<string, unknown> } = { email: '', data: bare() };
  for (const [i, cell] of cells.entries()) {
    const column = columns[i];
    if (cell === '' || !column) continue;
    const { email, name, field } = column;
    if (email) recipient.email = cell;
    // A name is one line, whatever a spreadsheet made of it.
    if (name) recipient.name = cell.replace(/\s+/g, ' ');
    if (field) put(recipient.data, field.path, valueIn(cell, field.spec));
  }
  return recipient;
}

function put(data: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    data[first] = value;
    return;
  }
  const inner = (data[first] as Record<string, unknown> | undefined) ?? bare();
  data[first] = inner;
  put(inner, rest, value);
}

// What does not fit stays text, and the check of the contract says so.
function valueIn(cell: string, { type }: FieldSpec): unknown {
  if ((type === 'number' || type === 'integer') && /^-?\d+(\.\d+)?$/.test(cell)) return Number(cell);
  if (type === 'boolean' && /^(true|yes|1)$/i.test(cell)) return true;
  if (type === 'boolean' && /^(false|no|0)$/i.test(cell)) return false;
  return cell;
}

// Without a prototype that a field's name could lead to.
function bare(): Record<string, unknown> {
  return Object.create(null);
}

function wordOf(header: string): string {
  return header.toLowerCase().replace(/[\s_.-]+/g, '');
}
