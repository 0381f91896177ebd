import type { Issue } from '../issue.ts';
import type { Cause, Source, SourceKind, SourceRef } from '../language/source.ts';
import type { TemplateContent } from '../language/template.ts';
import type { Wanted } from '../preview/draft-checks.ts';
import type { PartDiff } from '../preview/tasks/differences.ts';

/** An issue with the template in which it shows; it may lie in a layout or partial that the template uses. */
export interface TemplateIssue extends Issue {
  template: string;
}

/** One line of a list of sources. */
export interface SourceSummary extends SourceRef {
  /** Of a template; null for others, and for a template never published. */
  category: string | null;
  description: string;
  /** The published version; null when it was never published. */
  version: number | null;
  hasDraft: boolean;
  /** The latest of publication and draft. */
  changedAt: Date;
  changedBy: string;
  /** How many published templates use it; 0 for a template. */
  usedBy: number;
}

/** An unpublished change, shared by all who edit. It may be incomplete and need not parse. */
export interface Draft<K extends SourceKind = SourceKind> {
  source: Source<K>;
  /**
   * What of it is larger or deeper than a source may be or has another shape, as something stored by other means can
   * have: that is left out of `source`. Empty for whatever was saved here.
   */
  issues: Issue[];
  /** The published version it was begun on; null when there was none. */
  baseVersion: number | null;
  changedAt: Date;
  changedBy: string;
}

/** One line of a history. */
export interface VersionSummary {
  version: number;
  message: string;
  by: string;
  at: Date;
  cause: Cause;
  /** True for the version in force. */
  published: boolean;
}

/** One version with its source. Versions never change. */
export interface SourceVersion<K extends SourceKind = SourceKind> extends VersionSummary {
  source: Source<K>;
  /** As of a {@link Draft}. */
  issues: Issue[];
}

/** A source as an editor opens it. */
export interface SourceView<K extends SourceKind = SourceKind> {
  ref: SourceRef;
  /** Counts every save, discard and publication: hand it back with the next change, so that nobody is overwritten. */
  revision: number;
  published: SourceVersion<K> | null;
  draft: Draft<K> | null;
}

/** Somebody else was quicker; nothing was changed. `current` is what there is now. */
export interface Conflict {
  state: 'conflict';
  /** `revision`: the draft was saved, discarded or published meanwhile. `base`: it was begun on an older version. */
  reason: 'revision' | 'base';
  current: SourceView;
}

/** A draft was stored; continue with this revision. */
export interface Saved {
  state: 'saved';
  revision: number;
}

/** A template that a publication changed. */
export interface PublishedTemplate {
  key: string;
  version: number;
}

/** What became of an attempt to publish. Only `published` changed anything. */
export type Publication =
  | {
      state: 'published';
      version: number;
      /** Every template that has a new version by this, itself included. */
      templates: PublishedTemplate[];
      /** Those accepted. */
      warnings: TemplateIssue[];
    }
  /** Errors, or warnings that were not accepted. Errors first. */
  | { state: 'refused'; issues: TemplateIssue[] }
  | Conflict
  /** The draft is what is published already; it was discarded. */
  | { state: 'unchanged'; version: number };

/** How to publish. */
export interface PublishOptions {
  /** As shown to the person who publishes. */
  revision: number;
  /** Says why, in a history that others read. 1 to 500 characters. */
  message: string;
  by: string;
  /** Publish in spite of warnings. */
  acceptWarnings?: boolean;
}

/** A template as it would be after a publication. */
export interface Candidate {
  /** Null where a part is missing or doesn't parse so that there is nothing to put together; `issues` tell. */
  content: TemplateContent | null;
  key: string;
  /** What is published now; null for a new one. */
  published: TemplateContent | null;
  issues: TemplateIssue[];
}

/** What differs between two versions: in their sources and, of templates, in what their samples render to. */
export interface SourceDiff {
  source: PartDiff[];
  /**
   * Parts `subject`, `html`, `text` per locale that both sides have and can render. Empty for layouts, partials and the
   * brand.
   */
  rendered: PartDiff[];
  /** What cannot be rendered, and why. */
  problems: { side: 'from' | 'to'; locale: string; message: string }[];
}

/** A version by its number, or the draft. */
export type VersionPick = number | 'draft';

/** How a file stands to the database. */
export type FileState =
  /** Both say the same. */
  | 'same'
  /** The file changed, the database did not: a push publishes it. */
  | 'file'
  /** The database changed, the file did not: a pull brings it into the files. */
  | 'database'
  /** Both changed. The database stays in force until somebody decides. */
  | 'conflict'
  | 'only-file'
  | 'only-database';

/** A source in which files and database differ. */
export interface FileDifference {
  ref: SourceRef;
  state: Exclude<FileState, 'same'>;
  /** From the database to the file. */
  parts: PartDiff[];
  /** Of a conflict, what each side changed since version `base`, when both said the same; null if they never did. */
  sides: { base: number; database: PartDiff[]; file: PartDiff[] } | null;
}

/** What a push or pull did. */
export interface SyncResult {
  applied: SourceRef[];
  /** Left alone, because both sides changed or the other one did; name them to force them. */
  remaining: FileDifference[];
  /** A push only: nothing was applied, because of these; `file` is where, from the working directory on. */
  issues: (TemplateIssue & { file: string })[];
}

/** The life of templates, layouts, partials and the brand: `mail.templates`. */
export interface Authoring {
  /** All sources of a kind by key. */
  list(kind: SourceKind): Promise<SourceSummary[]>;
  /** Published version and draft; null when there is no such source. */
  get<K extends SourceKind>(ref: { kind: K; key: string }): Promise<SourceView<K> | null>;
  /**
   * A new source, as a draft. Throws `invalid-input` when the key is taken or no key, `too-large` above 5 MB.
   */
  create(source: Source, options: { by: string }): Promise<Saved>;
  /**
   * Stores a draft over the one of that revision. `baseVersion` says that changes up to that version were taken into
   * it; without it the draft stays on the version it was begun on. Throws `unknown-template`, `invalid-input` for what
   * is no source at all, `too-large` above 5 MB.
   */
  saveDraft(
    source: Source,
    options: { revision: number; by: string; baseVersion?: number },
  ): Promise<Saved | Conflict>;
  /** Drops the draft; a source that was never published is gone with it. */
  discardDraft(ref: SourceRef, options: { revision: number; by: string }): Promise<Saved | Conflict>;
  /**
   * Publishes the draft as the next version, together with a new version of each template that it changes, all or
   * nothing. Each is checked first. Throws `wrong-state` when there is no draft.
   */
  publish(ref: SourceRef, options: PublishOptions): Promise<Publication>;
  /** Publishes an earlier version again, as a new one, by the same road; a draft is kept. */
  restore(ref: SourceRef, version: number, options: PublishOptions): Promise<Publication>;
  /** Every template as it would be with this source published, with the issues that publishing would find. */
  review(source: Source, options?: Wanted): Promise<Candidate[]>;
  /** As {@link Authoring.review}, unchecked and quick, of one template: for previews. Null when it is unknown. */
  compose(source: Source, template: string, options?: Wanted): Promise<Candidate | null>;
  /** Published templates and partials that include this source, also by way of others. */
  usedBy(ref: SourceRef): Promise<readonly SourceRef[]>;
  /** The history, newest first; `before` continues it. At most 100 at once. */
  versions(ref: SourceRef, page?: { before?: number; limit?: number }): Promise<VersionSummary[]>;
  /** One version; null when there is no such. */
  version<K extends SourceKind>(
    ref: { kind: K; key: string },
    version: number,
  ): Promise<SourceVersion<K> | null>;
  /**
   * From one version to another, bounded: see `omitted`. Throws `unknown-template` when one of them is not there.
   */
  diff(ref: SourceRef, from: VersionPick, to: VersionPick, options?: Wanted): Promise<SourceDiff>;
  /** Sources that changed both in files and in the database since they last agreed. */
  conflicts(): Promise<FileDifference[]>;
  files: {
    /**
     * For tests and demos, whose files were checked when they were written: publishes what changed in the files alone,
     * checked for no more than that it can be sent. Returns the names of what it published. Throws `invalid-template`
     * and `unknown-category`.
     */
    import(): Promise<string[]>;
    diff(): Promise<FileDifference[]>;
    /** Publishes what changed in the files. `force` names sources, as `template:receipt`, whose database side is given up. */
    push(options: { by: string; force?: readonly string[] }): Promise<SyncResult>;
    /** Writes what changed in the database into the files. `force` names sources whose file side is given up. */
    pull(options?: { force?: readonly string[] }): Promise<SyncResult>;
  };
}
