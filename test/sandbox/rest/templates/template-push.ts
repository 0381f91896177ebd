import type { Account } from '../../state/provider.ts';
import type { Template, TemplateStore } from '../../store/templates.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { Fields, isObject } from '../fields.ts';
import type { Call } from '../routes.ts';

interface Step {
  action: 'Create' | 'Edit';
  source: Template;
  /** The one with the same alias on the other server. */
  there: Template | undefined;
}

/** `PUT /templates/push`: copies what has an alias from one server to another, or tells what it would copy. */
export function push(account: Account, { body }: Call): Answer {
  if (!isObject(body)) return refuse(1109, 'No data was submitted.');
  const fields = new Fields(body);
  const from = account.server(fields.integer('SourceServerID') ?? 0)?.templates;
  const to = account.server(fields.integer('DestinationServerID') ?? 0)?.templates;
  const performs = fields.flag('PerformChanges') ?? false;
  if (fields.fault) return fields.fault;
  if (!from || !to) return refuse(601, notFound(from, to));
  const steps = plan(from, to);
  if (steps.length === 0) return refuse(1124, 'There are no templates with an alias to push.');
  const clash = steps.find(({ source, there }) => there && there.type !== source.type);
  if (clash)
    return refuse(1125, `The template '${clash.source.alias}' is of another type on the destination server.`);
  const results = steps.map(step => (performs ? carryOut(step, to) : step));
  return ok({ TotalCount: results.length, Templates: results.map(show) });
}

function notFound(from: TemplateStore | undefined, to: TemplateStore | undefined): string {
  if (!from && !to) return 'The source and destination servers were not found.';
  return from ? 'The destination server was not found.' : 'The source server was not found.';
}

/** Layouts come first, as templates name them. */
function plan(from: TemplateStore, to: TemplateStore): Step[] {
  const sources = from.list().filter(({ alias }) => alias !== null);
  const ordered = [...sources.filter(({ type }) => type === 'Layout'), ...sources.filter(isStandard)];
  return ordered.map(source => {
    const there = to.get(source.alias ?? '');
    return { action: there ? 'Edit' : 'Create', source, there };
  });
}

function isStandard({ type }: Template): boolean {
  return type === 'Standard';
}

function carryOut(step: Step, to: TemplateStore): Step {
  const { id, active, ...fields } = step.source;
  const there = step.there ? Object.assign(step.there, fields) : to.add(fields);
  return { ...step, there };
}

function show({ action, source, there }: Step): Record<string, unknown> {
  return {
    Action: action,
    ...(there ? { TemplateId: there.id } : {}),
    Alias: source.alias,
    Name: source.name,
    TemplateType: source.type,
  };
}
