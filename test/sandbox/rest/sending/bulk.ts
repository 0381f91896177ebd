import type { Provider } from '../../state/provider.ts';
import { stamp } from '../../state/timestamps.ts';
import type { BulkRequest } from '../../store/bulk.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import type { Call } from '../routes.ts';
import { checkBulk } from './bulk-checks.ts';
import { release } from './bulk-release.ts';

/** `POST /email/bulk`: all or nothing; what is taken is released in the background. */
export function create(provider: Provider, { body }: Call): Answer {
  if (!provider.settings.approvals.bulk) return notApproved();
  const checked = checkBulk(provider, body);
  if (checked.kind === 'refused') return checked.answer;
  const { messages, subject } = checked;
  const request = provider.bulk.add(provider.clock.now(), messages.length, subject);
  release(provider, request, messages);
  const { Id, Status, SubmittedAt } = show(request);
  return ok({ Id, Status, SubmittedAt });
}

/** `GET /email/bulk/{id}` */
export function one(provider: Provider, { params }: Call): Answer {
  if (!provider.settings.approvals.bulk) return notApproved();
  const request = provider.bulk.get(params[0] ?? '');
  return request ? ok(show(request)) : refuse(12, 'The bulk request was not found.', 404);
}

/** `GET /email/bulk`: newest first, page by page; the key of the next page comes with each. */
export function list(provider: Provider, { query }: Call): Answer {
  if (!provider.settings.approvals.bulk) return notApproved();
  const count = query.integer('count') ?? 100;
  if (!(count >= 1 && count <= 500)) return refuse(700, "The 'count' parameter must be between 1 and 500.");
  const all = provider.bulk.list();
  const key = query.text('paginationKey');
  const last = key === undefined ? -1 : all.findIndex(({ id }) => keyOf(id) === key);
  if (key !== undefined && last < 0) return refuse(13, "The 'paginationKey' is not valid.");
  const page = all.slice(last + 1, last + 1 + count);
  const end = page.at(-1);
  const hasMore = end !== undefined && end !== all.at(-1);
  return ok({ Requests: page.map(show), ...(hasMore ? { PaginationKey: keyOf(end.id) } : {}) });
}

function keyOf(id: string): string {
  return Buffer.from(`bulk:${id}`).toString('base64url');
}

/** Empty values are left out. */
function show(request: BulkRequest): Record<string, unknown> {
  const { total, released, failed } = request;
  return {
    Id: request.id,
    SubmittedAt: stamp(request.submittedAt),
    Status: request.status,
    TotalMessages: total,
    PercentageCompleted: total === 0 ? 100 : Math.floor(((released + failed) / total) * 100),
    ReleasedCount: released,
    FailedCount: failed,
    ...(request.subject === '' ? {} : { Subject: request.subject }),
  };
}

function notApproved(): Answer {
  return refuse(14, 'The Bulk API is not enabled for this account. Please ask support for access.');
}
