import type { Router } from 'express';
import type { Mail } from '../mail/index.ts';
import { approvalRouter } from './approvals/router.ts';
import { auditRouter } from './audit/router.ts';
import { campaignRouter } from './campaigns/router.ts';
import type { JobStorage } from './jobs/job-storage.ts';
import { jobRouter } from './jobs/router.ts';
import { messageRouter } from './messages/router.ts';
import type { NavigationItem } from './navigation.ts';
import { overviewRouter } from './overview/router.ts';
import { peopleRouter } from './people/router.ts';
import { reconciliationRouter } from './reconciliations/router.ts';
import type { StreamOptions } from './streams/options.ts';
import { streamRouter } from './streams/router.ts';
import { suppressionRouter } from './suppressions/router.ts';
import { templateRouter } from './templates/router.ts';
import { topicRouter } from './topics/router.ts';
import type { Show } from './views.ts';

/** What the pages of a section are made from. */
export interface SectionContext {
  mail: Mail;
  show: Show;
  jobs: JobStorage;
  options: StreamOptions;
}

/** One resource of the app: an entry of the navigation and its pages. */
export interface Section extends NavigationItem {
  /** Null for the pages that accounts bring. */
  pages: ((context: SectionContext) => Router) | null;
}

/** Everything that is in the navigation, in order; a new section is an entry here. */
export const sections: readonly Section[] = [
  {
    path: '',
    label: 'Overview',
    permission: 'pages.view',
    pages: ({ mail, show }) => overviewRouter(mail, show),
  },
  {
    path: 'messages',
    label: 'Messages',
    permission: 'pages.view',
    pages: ({ mail, show }) => messageRouter(mail, show),
  },
  {
    path: 'people',
    label: 'People',
    permission: 'pages.view',
    pages: ({ mail, show }) => peopleRouter(mail, show),
  },
  {
    path: 'campaigns',
    label: 'Campaigns',
    permission: 'pages.view',
    pages: ({ mail, show }) => campaignRouter(mail, show),
  },
  {
    path: 'templates',
    label: 'Templates',
    permission: 'pages.view',
    pages: ({ mail, show }) => templateRouter(mail, show),
  },
  {
    path: 'approvals',
    label: 'Approvals',
    permission: 'pages.view',
    secondPerson: true,
    pages: ({ mail, show }) => approvalRouter(mail, show),
  },
  {
    path: 'suppressions',
    label: 'Suppressions',
    permission: 'pages.view',
    pages: ({ mail, show }) => suppressionRouter(mail, show),
  },
  {
    path: 'topics',
    label: 'Topics',
    permission: 'pages.view',
    pages: ({ mail, show }) => topicRouter(mail, show),
  },
  {
    path: 'streams',
    label: 'Streams',
    permission: 'pages.view',
    pages: ({ mail, show, options }) => streamRouter(mail, show, options),
  },
  {
    path: 'reconciliations',
    label: 'Reconciliation',
    permission: 'pages.view',
    pages: ({ mail, show }) => reconciliationRouter(mail, show),
  },
  { path: 'jobs', label: 'Jobs', permission: 'pages.view', pages: ({ jobs, show }) => jobRouter(jobs, show) },
  {
    path: 'audit',
    label: 'Audit log',
    permission: 'audit.view',
    pages: ({ mail, show }) => auditRouter(mail, show),
  },
  { path: 'users', label: 'Users', permission: 'users.manage', accounts: true, pages: null },
];

/** Those that the navigation of these pages has. */
export function sectionsFor({ approvals }: Pick<Mail, 'approvals'>): readonly Section[] {
  return sections.filter(({ secondPerson }) => !secondPerson || approvals.actions.length > 0);
}
