import { demoTemplates } from '../../server/demo/templates.ts';
import type { Mail, MailDeps } from '../../server/mail/index.ts';
import { readTemplateFiles } from '../../server/mail/templates/authoring/read-files.ts';
import type { TemplateContent } from '../../server/mail/templates/language/template.ts';
import { createClock } from './clock.ts';
import { openMail } from './mail.ts';
import { openForAllTests, standIn } from './opened.ts';
import { createScriptedTransport, type ScriptedTransport } from './scripted-transport.ts';

/** A module with the shipped templates, whose transports keep what they are given. */
export interface CheckedTemplates {
  mail: Mail;
  api: ScriptedTransport;
  smtp: ScriptedTransport;
  clock: ReturnType<typeof createClock>;
  /** A shipped template, as an editor would have it open. */
  content(key: string): TemplateContent;
  /** The same with other parts in its default language. */
  changed(key: string, parts: Partial<TemplateContent['locales']['default']>): TemplateContent;
}

/** Gives all tests of the suite around it one, on the emptied test database. */
export function useCheckedTemplates(deps: MailDeps = {}): CheckedTemplates {
  return standIn(
    openForAllTests(
      () => openCheckedTemplates(deps),
      ({ mail }) => mail.close(),
    ),
  );
}

async function openCheckedTemplates(deps: MailDeps): Promise<CheckedTemplates> {
  const clock = createClock();
  const api = createScriptedTransport('postmark-api');
  const smtp = createScriptedTransport('postmark-smtp');
  const mail = await openMail({ transports: [api, smtp], now: clock.now, ...deps });
  const contents = await readTemplateFiles(demoTemplates);
  const content = (key: string): TemplateContent => {
    const found = contents.find(one => one.key === key);
    if (!found) throw new Error(`There is no template ${key}.`);
    return found;
  };
  const changed: CheckedTemplates['changed'] = (key, parts) => {
    const { locales, ...rest } = content(key);
    return { ...rest, locales: { ...locales, default: { ...locales.default, ...parts } } };
  };
  return { mail, api, smtp, clock, content, changed };
}
