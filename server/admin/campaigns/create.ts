import type { Request, Response } from 'express';
import type { Mail } from '../../mail/index.ts';
import { redirectWith } from '../notice.ts';
import { personOf } from '../person.ts';
import type { Show } from '../views.ts';
import { type CampaignForm, emptyForm, type FormFault, faultOf, readForm, typedForm } from './form.ts';
import { sharedSample } from './shared-sample.ts';

/** The form of a new campaign, its template chosen when the address names one. */
export async function showForm(
  mail: Mail,
  show: Show,
  { query }: Request,
  response: Response,
): Promise<void> {
  const form = emptyForm(typeof query.template === 'string' ? query.template : '');
  await answer(mail, show, response, await withSample(mail, form), []);
}

/** Creates a draft from the form, or shows the form again with its errors. */
export async function createCampaign(
  mail: Mail,
  show: Show,
  request: Request,
  response: Response,
): Promise<void> {
  const form = typedForm(request.body);
  if (request.body?.fill !== undefined) return answer(mail, show, response, await withSample(mail, form), []);
  const { input, faults } = readForm(form);
  if (faults.length > 0) return answer(mail, show, response, form, faults);
  try {
    const { id } = await mail.campaigns.create(input, { by: personOf(response).id });
    redirectWith(response, `campaigns/${id}`, 'Draft created. Now add its recipients.');
  } catch (error) {
    await answer(mail, show, response, form, [faultOf(error)]);
  }
}

async function withSample(mail: Mail, form: CampaignForm): Promise<CampaignForm> {
  const sample = form.template === '' ? null : await sharedSample(mail, form.template);
  return sample ? { ...form, data: JSON.stringify(sample, null, 2) } : form;
}

async function answer(
  mail: Mail,
  show: Show,
  response: Response,
  values: CampaignForm,
  faults: FormFault[],
): Promise<void> {
  const byField = Object.fromEntries(faults.map(({ name, message }) => [name, message]));
  const templates = await mail.campaigns.templates();
  show(response, 'campaigns/new', { values, faults, byField, templates }, faults.length > 0 ? 422 : 200);
}
