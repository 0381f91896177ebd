import type { AuditAction, Mail, SecurityKind, SourceKind } from '../../mail/index.ts';
import type { Directory } from '../access/directory.ts';
import { may } from '../permissions.ts';
import type { Person } from '../person.ts';
import { isKind, refText } from '../templates/reference.ts';
import { isUuid } from '../uuid.ts';

/** What a change was made to: its name, and the page that shows it, as a path behind the mount. */
export interface Subject {
  name: string;
  page: string | null;
}

/** Where subjects are looked up. */
export interface Sources {
  mail: Mail;
  directory: Directory;
  /** Who is shown them: a page that is not theirs to open is none. */
  person: Person;
}

/** The subjects of entries by their text, each looked up once. What has no page or is gone keeps its text. */
export async function subjectsOf(from: Sources, texts: readonly string[]): Promise<Map<string, Subject>> {
  const distinct = [...new Set(texts)];
  return new Map(
    await Promise.all(
      distinct.map(async (text): Promise<[string, Subject]> => [text, await subjectOf(from, text)]),
    ),
  );
}

async function subjectOf(from: Sources, text: string): Promise<Subject> {
  const [, kind = '', id = ''] = /^([a-z-]+):(.+)$/s.exec(text) ?? [];
  if (isKind(kind)) return { name: `${kind} ${id}`, page: pathOf('templates', refText({ kind, key: id })) };
  const read = Object.hasOwn(readers, kind) ? readers[kind as keyof typeof readers] : undefined;
  return (id && (await read?.(from, id))) || { name: text, page: null };
}

type Reader = (from: Sources, id: string) => Promise<Subject | null> | Subject;

type ResourceOf<Action> = Action extends `${infer Resource}.${string}` ? Resource : never;

/**
 * Resources without a reader: sources have a page each by {@link isKind}, a session is an account's, a seed nobody's; what
 * happens at a door is about an account or a network address; an approval is recorded of what it is about.
 */
type Unread =
  | SourceKind
  | 'approval'
  | 'session'
  | 'seed'
  | ResourceOf<Exclude<SecurityKind, 'account.password-fail'>>;

const readers = {
  address: (_from, address) => ({ name: `network address ${address}`, page: null }),
  async account({ directory, person }, id) {
    const name = (await directory.names([id])).get(id);
    return name === undefined
      ? null
      : { name: `account: ${name}`, page: may(person, 'users.manage') ? pathOf('users', id) : null };
  },
  async campaign({ mail }, id) {
    const found = isUuid(id) ? await mail.campaigns.get(id) : null;
    return found && { name: `campaign ${found.name}`, page: pathOf('campaigns', id) };
  },
  async message({ mail }, id) {
    const found = isUuid(id) ? await mail.messages.get(id) : null;
    return found && { name: `message to ${found.recipient}`, page: pathOf('messages', id) };
  },
  job: (_from, id) => ({ name: `job ${id}`, page: pathOf('jobs', id) }),
  suppression(_from, id) {
    const [, place = '', address = ''] = /^([^:]+):(.+)$/s.exec(id) ?? [];
    const [, kind = 'stream', name = place] = /^(scope|topic)=(.+)$/.exec(place) ?? [];
    const query = { ...(kind === 'topic' && { scope: 'topic' }), [kind]: name, address };
    const page = `suppressions/one?${new URLSearchParams(query)}`;
    const where = kind === 'stream' ? `on ${name}` : kind === 'topic' ? `from ${name}` : `from ${name} mail`;
    return { name: `${address} ${where}`, page: address ? page : null };
  },
  topic: (_from, key) => ({ name: `topic ${key}`, page: pathOf('topics', key) }),
  consent(_from, id) {
    const [, topic = '', address = ''] = /^([^:]+):(.+)$/s.exec(id) ?? [];
    return { name: `${address} about ${topic}`, page: null };
  },
  webhook: (_from, stream) => ({ name: `webhook of ${stream}`, page: 'streams' }),
  'webhook-password': () => ({ name: 'webhook password', page: 'streams' }),
} satisfies Record<Exclude<ResourceOf<AuditAction>, Unread> | 'address', Reader>;

function pathOf(section: string, id: string): string {
  return `${section}/${encodeURIComponent(id)}`;
}
