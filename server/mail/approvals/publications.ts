import type { MailContext } from '../context.ts';
import { contentHash } from '../shared/fingerprint.ts';
import {
  type Authoring,
  type DecidedOptions,
  draftAuthors,
  type Plan,
  type Publication,
  publishedRevision,
  type SourceKind,
  type SourceRef,
  sourceName,
} from '../templates/index.ts';
import type { ApprovalHandler, Approvals, PublicationRequest } from './api.ts';
import { type Approval, saveSeen } from './approvals-store.ts';
import { openRequest } from './requests.ts';

type Publisher = Pick<Authoring, 'get' | 'publish' | 'restore'>;

/** What is kept of a request to publish, to be done when it is approved. */
interface PublicationOrder {
  kind: SourceKind;
  key: string;
  /** The earlier version to publish again; null for the draft. */
  restore: number | null;
  revision: number;
  message: string;
  acceptWarnings: boolean;
}

/** Asks for a publication: planned and checked as if it were made, and bound to everything that it would publish. */
export function askToPublish(context: MailContext, authoring: Publisher): Approvals['askToPublish'] {
  return async (ref, { restore, by, name, ...options }): Promise<PublicationRequest> => {
    let asked: Approval | null = null;
    const order: PublicationOrder = {
      ...{ kind: ref.kind, key: ref.key, restore: restore ?? null },
      ...{ revision: options.revision, message: options.message },
      acceptWarnings: options.acceptWarnings ?? false,
    };
    const result = await publish(authoring, order, {
      by,
      async decide(trx, plan) {
        asked = await openRequest(
          context,
          trx,
          {
            action: 'templates.publish',
            subject: sourceName(ref),
            request: { ...order },
            seen: seenIn(plan, order),
            fingerprint: fingerprintOf(plan, order),
            preparedBy: order.restore === null ? await draftAuthors(trx, ref) : [],
          },
          { by, name },
        );
        return false;
      },
    });
    if (asked) return { state: 'requested', approval: asked };
    if (result.state === 'published') throw new Error('A request published what it asked for.');
    return result;
  };
}

/** Publishes what was asked for, as it was seen, or nothing. */
export function publicationHandler({ db }: MailContext, authoring: Publisher): ApprovalHandler {
  return {
    async isCurrent(approval) {
      const order = orderOf(approval);
      const view = await authoring.get(refOf(order));
      if (!view || view.revision !== order.revision) return false;
      const published = await publishedRevision(db);
      if (approval.seen.publishedRevision === published) return true;
      // Somebody has published something: whether it is something of this is to be found out once.
      let fingerprint = '';
      await publish(authoring, order, {
        by: approval.requestedBy,
        async decide(_, plan) {
          fingerprint = fingerprintOf(plan, order);
          return false;
        },
      });
      if (fingerprint !== approval.fingerprint) return false;
      await saveSeen(db, approval.id, { ...approval.seen, publishedRevision: published });
      return true;
    },
    async carryOut(approval, claim) {
      const order = orderOf(approval);
      const result = await publish(authoring, order, {
        by: approval.requestedBy,
        decide: (trx, plan) => claim(trx, fingerprintOf(plan, order)),
      });
      return result.state === 'refused'
        ? `It can no longer be published: ${result.issues.map(({ message }) => message).join(' ')}`
        : null;
    },
  };
}

function publish(
  authoring: Publisher,
  order: PublicationOrder,
  { by, decide }: Required<Pick<DecidedOptions, 'by' | 'decide'>>,
): Promise<Publication> {
  const { revision, message, acceptWarnings, restore } = order;
  const options: DecidedOptions = { revision, message, acceptWarnings, by, decide };
  return restore === null
    ? authoring.publish(refOf(order), options)
    : authoring.restore(refOf(order), restore, options);
}

/** Everything that is published together, by content, and in place of which versions. */
function fingerprintOf(
  { versions, templates }: Plan,
  { kind, key, restore, message }: PublicationOrder,
): string {
  return contentHash({
    ...{ kind, key, restore, message },
    versions: versions.map(({ source, version, hash }) => [sourceName(source), version, hash]),
    templates: templates.map(({ content, version, hash }) => [content.key, version, hash]),
  });
}

function seenIn({ revision, versions, templates }: Plan, order: PublicationOrder): Record<string, unknown> {
  const own = versions.find(({ source }) => sourceName(source) === sourceName(order));
  return {
    ...{ message: order.message, restore: order.restore, version: own?.version ?? null },
    templates: templates.map(({ content, version }) => ({ key: content.key, version })),
    publishedRevision: revision,
  };
}

function orderOf({ request }: Approval): PublicationOrder {
  return request as unknown as PublicationOrder;
}

function refOf({ kind, key }: PublicationOrder): SourceRef {
  return { kind, key };
}
