import type { Mail } from '../../mail/index.ts';
import type { FieldError } from '../form.ts';
import type { PageForm } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { type CampaignForm, emptyForm, fieldErrorOf, readForm, type SentForm, sentForm } from './form.ts';
import { sharedSample } from './shared-sample.ts';

/** The form of a new campaign, its template chosen when the address names one. */
export async function showForm(page: Page): Promise<void> {
  await renderForm(page, await withSample(page.mail, emptyForm(page.queryText('template'))));
}

/** What the form of a new campaign holds; with a mistake it is shown again. */
export const campaignForm: PageForm<SentForm> = {
  schema: sentForm,
  again: (page, typed, errors) => renderForm(page, { ...emptyForm(), ...typed }, errors),
};

/** Creates a draft from the form, or shows the form again with its errors. */
export async function createCampaign(page: Page, { fill, ...form }: SentForm): Promise<void> {
  if (fill !== undefined) return renderForm(page, await withSample(page.mail, form));
  const { input, errors } = readForm(form);
  if (errors.length > 0) return renderForm(page, form, errors);
  try {
    const { id } = await page.mail.campaigns.create(input, { by: page.by });
    page.redirect(`campaigns/${id}`, 'Draft created. Now add its recipients.');
  } catch (error) {
    await renderForm(page, form, [fieldErrorOf(error)]);
  }
}

async function withSample(mail: Mail, form: CampaignForm): Promise<CampaignForm> {
  const sample = form.template === '' ? null : await sharedSample(mail, form.template);
  return sample ? { ...form, data: JSON.stringify(sample, null, 2) } : form;
}

async function renderForm(page: Page, values: CampaignForm, errors: FieldError[] = []): Promise<void> {
  const templates = await page.mail.campaigns.templates();
  page.renderForm('campaigns/new', { values, templates }, errors);
}
