import { defineMail } from '../config/index.ts';
import { demoPolicy } from './policy.ts';
import { demoTemplates } from './templates.ts';

/** The demo's shop; what differs between machines comes from the environment. */
export default defineMail({ templates: demoTemplates, policy: demoPolicy });
