import type { Actions } from '../actions.ts';
import type { SuppressionReason } from '../store/suppressions.ts';

const REASONS: readonly SuppressionReason[] = ['HardBounce', 'SpamComplaint', 'ManualSuppression'];

/** Carries out an action that came as JSON: `{kind, target, ...}`. A text says what was wrong with it. */
export async function takeEvent(actions: Actions, input: unknown): Promise<string | null> {
  const text = readTexts(input);
  const target = text('target');
  if (target === undefined) return 'target must be a MessageID or an address.';
  try {
    return await performEvent(actions, text('kind') ?? '', target, text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function performEvent(
  actions: Actions,
  kind: string,
  target: string,
  text: (name: string) => string | undefined,
): Promise<string | null> {
  switch (kind) {
    case 'bounce':
      actions.bounce(target, text('type'));
      return null;
    case 'complain':
      actions.complain(target);
      return null;
    case 'open':
      actions.open(target);
      return null;
    case 'click':
      actions.click(target, text('link'));
      return null;
    case 'reply':
      await actions.reply(target, text('text') ?? '');
      return null;
    case 'unsubscribe':
      actions.unsubscribe(target);
      return null;
    case 'unsuppress':
      actions.unsuppress(text('stream') ?? 'outbound', target);
      return null;
    case 'suppress': {
      const reason = REASONS.find(one => one === (text('reason') ?? 'ManualSuppression'));
      if (!reason) return `reason must be one of ${REASONS.join(', ')}.`;
      actions.suppress(text('stream') ?? 'outbound', target, reason);
      return null;
    }
    default:
      return 'kind must be one of bounce, complain, open, click, reply, unsubscribe, suppress, unsuppress.';
  }
}

function readTexts(input: unknown): (name: string) => string | undefined {
  const values = new Map<string, unknown>(Object.entries(Object(input)));
  return name => {
    const value = values.get(name);
    return typeof value === 'string' ? value : undefined;
  };
}
