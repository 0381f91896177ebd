import { matchesPlace } from '../faults/faults.ts';
import * as removals from './account/data-removals.ts';
import * as domains from './account/domains.ts';
import * as senders from './account/senders.ts';
import * as server from './account/server-settings.ts';
import * as servers from './account/servers.ts';
import * as bounces from './messages/bounces.ts';
import * as inbound from './messages/inbound.ts';
import * as inboundRules from './messages/inbound-rules.ts';
import * as messages from './messages/messages.ts';
import * as opensAndClicks from './messages/opens-and-clicks.ts';
import * as streams from './messages/streams.ts';
import * as suppressions from './messages/suppressions.ts';
import { forAccount, forServer, type Route } from './routes.ts';
import * as bulk from './sending/bulk.ts';
import * as email from './sending/email.ts';
import * as stats from './stats/stats.ts';
import { push } from './templates/template-push.ts';
import { validate } from './templates/template-validate.ts';
import * as templates from './templates/templates.ts';
import { statistics } from './webhooks/webhook-statistics.ts';
import * as webhooks from './webhooks/webhooks.ts';

const MB = 1024 * 1024;
const SENDING = { limit: 10 * MB, takesTestToken: true, needsBody: true };
const SENDING_MANY = { ...SENDING, limit: 50 * MB };

/** Every endpoint; fixed paths before those with parameters. */
export const ROUTES: readonly Route[] = [
  forServer('POST /email', email.send, SENDING),
  forServer('POST /email/batch', email.sendBatch, SENDING_MANY),
  forServer('POST /email/withTemplate', email.sendWithTemplate, SENDING),
  forServer('POST /email/batchWithTemplates', email.sendBatchWithTemplates, SENDING_MANY),

  forServer('POST /email/bulk', bulk.create, { limit: 50 * MB, needsBody: true }),
  forServer('GET /email/bulk', bulk.list),
  forServer('GET /email/bulk/{id}', bulk.one),

  forServer('GET /templates', templates.list),
  forServer('POST /templates', templates.create, { limit: 10 * MB }),
  forServer('POST /templates/validate', validate, { limit: 10 * MB }),
  forAccount('PUT /templates/push', push),
  forServer('GET /templates/{idOrAlias}', templates.one),
  forServer('PUT /templates/{idOrAlias}', templates.edit, { limit: 10 * MB }),
  forServer('DELETE /templates/{idOrAlias}', templates.remove),

  forServer('GET /messages/outbound', messages.search),
  forServer('GET /messages/outbound/opens', opensAndClicks.opens),
  forServer('GET /messages/outbound/clicks', opensAndClicks.clicks),
  forServer('GET /messages/outbound/opens/{id}', opensAndClicks.opensOf),
  forServer('GET /messages/outbound/clicks/{id}', opensAndClicks.clicksOf),
  forServer('GET /messages/outbound/{id}/details', messages.details),
  forServer('GET /messages/outbound/{id}/dump', messages.dump),

  forServer('GET /messages/inbound', inbound.search),
  forServer('GET /messages/inbound/{id}/details', inbound.details),
  forServer('PUT /messages/inbound/{id}/bypass', inbound.bypass),
  forServer('PUT /messages/inbound/{id}/retry', inbound.retry),
  forServer('GET /triggers/inboundrules', inboundRules.list),
  forServer('POST /triggers/inboundrules', inboundRules.create),
  forServer('DELETE /triggers/inboundrules/{id}', inboundRules.remove),

  forServer('GET /deliverystats', bounces.deliveryStats),
  forServer('GET /bounces', bounces.list),
  forServer('GET /bounces//dump', bounces.idMissing),
  forServer('PUT /bounces//activate', bounces.idMissing),
  forServer('GET /bounces/{id}', bounces.one),
  forServer('GET /bounces/{id}/dump', bounces.dump),
  forServer('PUT /bounces/{id}/activate', bounces.activate),

  forServer('GET /stats/outbound', stats.overview),
  forServer('GET /stats/outbound/sends', stats.sends),
  forServer('GET /stats/outbound/bounces', stats.bounces),
  forServer('GET /stats/outbound/spam', stats.spam),
  forServer('GET /stats/outbound/tracked', stats.tracked),
  forServer('GET /stats/outbound/opens', stats.opens),
  forServer('GET /stats/outbound/opens/platforms', stats.openPlatforms),
  forServer('GET /stats/outbound/opens/emailclients', stats.openClients),
  forServer('GET /stats/outbound/opens/readtimes', stats.readTimes),
  forServer('GET /stats/outbound/clicks', stats.clicks),
  forServer('GET /stats/outbound/clicks/browserfamilies', stats.clickBrowsers),
  forServer('GET /stats/outbound/clicks/platforms', stats.clickPlatforms),
  forServer('GET /stats/outbound/clicks/location', stats.clickLocations),

  forServer('GET /message-streams', streams.list),
  forServer('POST /message-streams', streams.create),
  forServer('GET /message-streams/{id}', streams.one),
  forServer('PATCH /message-streams/{id}', streams.edit),
  forServer('POST /message-streams/{id}/archive', streams.archive),
  forServer('POST /message-streams/{id}/unarchive', streams.unarchive),
  forServer('GET /message-streams/{id}/suppressions/dump', suppressions.dump),
  forServer('POST /message-streams/{id}/suppressions', suppressions.create),
  forServer('POST /message-streams/{id}/suppressions/delete', suppressions.remove),

  forServer('GET /webhooks', webhooks.list),
  forServer('POST /webhooks', webhooks.create),
  forServer('GET /webhooks/{id}', webhooks.one),
  forServer('PUT /webhooks/{id}', webhooks.edit),
  forServer('DELETE /webhooks/{id}', webhooks.remove),
  forServer('POST /webhooks/{id}/verify', webhooks.verify),
  forServer('GET /webhooks/{id}/statistics', statistics),

  forServer('GET /server', server.get),
  forServer('PUT /server', server.edit),

  forAccount('GET /servers', servers.list),
  forAccount('POST /servers', servers.create),
  forAccount('GET /servers/{id}', servers.one),
  forAccount('PUT /servers/{id}', servers.edit),
  forAccount('DELETE /servers/{id}', servers.remove),
  forAccount('GET /domains', domains.list),
  forAccount('POST /domains', domains.create),
  forAccount('GET /domains/{id}', domains.one),
  forAccount('PUT /domains/{id}', domains.edit),
  forAccount('DELETE /domains/{id}', domains.remove),
  forAccount('PUT /domains/{id}/verifydkim', domains.verifyDkim),
  forAccount('PUT /domains/{id}/verifyreturnpath', domains.verifyReturnPath),
  forAccount('POST /domains/{id}/verifyspf', domains.verifySpf),
  forAccount('POST /domains/{id}/rotatedkim', domains.rotateDkim),
  forAccount('GET /senders', senders.list),
  forAccount('POST /senders', senders.create),
  forAccount('GET /senders/{id}', senders.one),
  forAccount('PUT /senders/{id}', senders.edit),
  forAccount('DELETE /senders/{id}', senders.remove),
  forAccount('POST /senders/{id}/resend', senders.resend),
  forAccount('POST /senders/{id}/verifyspf', senders.verifySpf),
  forAccount('POST /senders/{id}/requestnewdkim', senders.requestNewDkim),
  forAccount('POST /data-removals', removals.create),
  forAccount('GET /data-removals/{id}', removals.one),
];

/** Whether a fault can be planned there: a route as the table names it, or a pattern that fits one. */
export function isRoute(where: string): boolean {
  return ROUTES.some(({ name }) => matchesPlace(where, name));
}
