import { firstFault } from '../../shared/joi.ts';
import { sourceBounds } from './bounds.ts';
import { type ContractSpec, contractSchema, type FieldSpec, type FieldType, fieldTypes } from './contract.ts';

/** One field of a contract as a line of the editor's table. */
export interface ContractRow {
  /** `order.lines[].price`: names joined by a point, `[]` for the items of a list. */
  path: string;
  type: FieldType;
  required: boolean;
  min?: number;
  max?: number;
  enum?: (string | number)[];
  /** From the sample data; of a list's items, from the first. Undefined where the sample has nothing. */
  sample?: unknown;
}

/**
 * A contract and its sample as a table, in the order of the contract. That of a draft may be anything: what is no field, or
 * says of one what no field has, is left out.
 */
export function contractToRows(contract: ContractSpec, sample: Record<string, unknown>): ContractRow[] {
  return Object.entries(contract).flatMap(([name, spec]) => rowsOf(spec, name, own(sample, name)));
}

function rowsOf(spec: unknown, path: string, sample: unknown): ContractRow[] {
  if (!isRecord(spec)) return [];
  const { type, optional, min, max, enum: values, fields, items } = spec;
  const row: ContractRow = { path, required: optional !== true, type: isFieldType(type) ? type : 'string' };
  if (typeof min === 'number') row.min = min;
  if (typeof max === 'number') row.max = max;
  if (Array.isArray(values)) row.enum = values.filter(isWord);
  if (!fields && !items && sample !== undefined) row.sample = sample;
  const inside = Object.entries(isRecord(fields) ? fields : {}).flatMap(([name, field]) =>
    rowsOf(field, `${path}.${name}`, own(sample, name)),
  );
  const item = rowsOf(items, `${path}[]`, Array.isArray(sample) ? sample[0] : undefined);
  return [row, ...inside, ...item];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFieldType(value: unknown): value is FieldType {
  return fieldTypes.includes(value as FieldType);
}

function isWord(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

/** Characters of a path: as many names as may lie inside of each other, and then some. */
const longestPath = 1_000;

/** A table as a contract and sample data, or the first row that cannot be part of one. */
export type ContractOfRows =
  | { contract: ContractSpec; sample: Record<string, unknown> }
  | { path: string; problem: string };

/**
 * The contract that a table describes, and `sample` with the table's values written into it: into every item's place
 * that a path names, the first of a list. What is no longer in the contract leaves the sample.
 */
export function rowsToContract(
  rows: readonly ContractRow[],
  sample: Record<string, unknown>,
): ContractOfRows {
  const { contractFields, jsonDepth } = sourceBounds;
  if (rows.length > contractFields)
    return { path: 'the table', problem: `has ${rows.length} fields; it may have ${contractFields}` };
  const root: FieldSpec = { type: 'object', fields: {} };
  for (const row of rows) {
    const isLong = row.path.length > longestPath || steps(row.path).length > jsonDepth / 2;
    const problem = isLong ? 'goes too deep' : addRow(root, row);
    if (problem) return { path: row.path, problem };
  }
  const contract = root.fields ?? {};
  const { error } = contractSchema.validate(contract);
  if (error) {
    const { path, fault } = firstFault(error);
    return { path, problem: fault };
  }
  const kept = prune({ type: 'object', fields: contract }, sample) as Record<string, unknown>;
  for (const row of rows) {
    if (row.sample !== undefined && !isContainer(row, rows)) write(kept, steps(row.path), row.sample);
  }
  return { contract, sample: kept };
}

function addRow(
  root: FieldSpec,
  { path, required, type, min, max, enum: values }: ContractRow,
): string | null {
  const way = steps(path);
  const last = way.pop();
  const holder = way.reduce<FieldSpec | undefined>(inside, root);
  if (last === undefined || way.concat(last).includes('')) return 'has an empty name';
  if (!holder) return 'is inside of a field that is not in the table above it';
  const spec: FieldSpec = {
    type,
    ...(!required && { optional: true }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(values && { enum: values }),
    ...(type === 'object' && { fields: {} }),
  };
  if (last === '[]') {
    if (holder.type !== 'array') return 'is an item of a field that is not a list';
    if (holder.items) return 'is in the table twice';
    holder.items = spec;
  } else {
    if (!holder.fields) return 'is inside of a field that is not an object';
    if (Object.hasOwn(holder.fields, last)) return 'is in the table twice';
    // Not by assignment: that would take __proto__ for a prototype.
    Object.defineProperty(holder.fields, last, {
      value: spec,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return null;
}

function inside(spec: FieldSpec | undefined, step: string): FieldSpec | undefined {
  return step === '[]' ? spec?.items : (own(spec?.fields, step) as FieldSpec | undefined);
}

/** `a.b[].c` as `a`, `b`, `[]`, `c`. */
function steps(path: string): string[] {
  return path
    .trim()
    .split('.')
    .flatMap(name => {
      const bare = name.replace(/(?<!\[\])(\[\])+$/, '');
      const lists = (name.length - bare.length) / 2;
      return [bare, ...Array.from({ length: lists }, () => '[]')];
    });
}

function isContainer({ path }: ContractRow, rows: readonly ContractRow[]): boolean {
  return rows.some(row => row.path.startsWith(`${path}.`) || row.path.startsWith(`${path}[]`));
}

/** A value without the fields that its type does not have. */
function prune(spec: FieldSpec, value: unknown): unknown {
  if (spec.items && Array.isArray(value)) return value.map(item => spec.items && prune(spec.items, item));
  if (!spec.fields || typeof value !== 'object' || value === null) return value;
  const known = Object.entries(spec.fields).filter(([name]) => Object.hasOwn(value, name));
  return Object.fromEntries(known.map(([name, field]) => [name, prune(field, own(value, name))]));
}

function write(target: Record<string, unknown> | unknown[], [step, ...rest]: string[], value: unknown): void {
  if (step === undefined) return;
  const place = target as Record<string, unknown>;
  const at = step === '[]' ? '0' : step;
  if (rest.length === 0) {
    place[at] = value;
    return;
  }
  const next = own(place, at);
  const fits = rest[0] === '[]' ? Array.isArray(next) : typeof next === 'object' && next !== null;
  if (!fits) place[at] = rest[0] === '[]' ? [] : {};
  write(place[at] as Record<string, unknown>, rest, value);
}

function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
