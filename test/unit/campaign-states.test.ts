import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import {
  allowedCampaignActions,
  type CampaignState,
  type CampaignTransitionName,
  campaignStates,
  campaignTransitions,
} from '../../server/mail/campaigns/states.ts';
import { packageRoot } from '../../server/mail/shared/package-root.ts';

/** Written down once more, by hand. */
const expected: Record<CampaignTransitionName, [from: CampaignState[], to: CampaignState]> = {
  launch: [['draft'], 'scheduled'],
  pause: [['scheduled', 'expanding', 'sending'], 'paused'],
  resume: [['paused'], 'scheduled'],
  cancel: [['draft', 'scheduled', 'expanding', 'sending', 'paused'], 'cancelled'],
  retryFailed: [['sending', 'done'], 'sending'],
  expand: [['scheduled'], 'expanding'],
  send: [['expanding'], 'sending'],
  finish: [['sending'], 'done'],
};

describe('the states of a campaign', () => {
  it('change as written down', () => {
    for (const [name, [from, to]] of Object.entries(expected)) {
      const { from: leaves, to: leads } = campaignTransitions[name as CampaignTransitionName];
      expect([[...leaves].sort(), leads], name).to.deep.equal([from.sort(), to]);
    }
    expect(Object.keys(campaignTransitions).sort()).to.deep.equal(Object.keys(expected).sort());
  });

  it('tell what a person may do', () => {
    const allowed = Object.fromEntries(campaignStates.map(state => [state, allowedCampaignActions(state)]));
    expect(allowed).to.deep.equal({
      draft: ['launch', 'cancel', 'addRecipients', 'removeRecipients'],
      scheduled: ['pause', 'cancel'],
      expanding: ['pause', 'cancel'],
      sending: ['pause', 'cancel', 'retryFailed'],
      done: ['retryFailed'],
      paused: ['resume', 'cancel'],
      cancelled: [],
    });
  });

  it('have one writer', () => {
    const folder = path.join(packageRoot, 'server');
    const writers = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts') && writesState(readFileSync(path.join(folder, name), 'utf8')))
      .map(name => name.replaceAll(path.sep, '/'));
    expect(writers).to.deep.equal(['mail/campaigns/campaigns-store.ts']);
    const source = readFileSync(path.join(folder, 'mail/campaigns/campaigns-store.ts'), 'utf8');
    expect(source.match(/\.update\(\{ state/g)).to.have.length(1);
  });
});

/** True where a statement sets `state` in the table of campaigns: by SQL, or by knex. */
function writesState(source: string): boolean {
  const updates = source.matchAll(
    /UPDATE\b[^;]*?\bpostlane_campaigns\b[^;]*?\bSET\b([^;]*?)(?:\bWHERE\b|`|$)/g,
  );
  if ([...updates].some(([, set = '']) => /\bstate\s*=/.test(set))) return true;
  const statements = source.split(/;\s*(?:\n|$)/).filter(one => /\(['"`]postlane_campaigns\b/.test(one));
  return statements.some(one => /\.insert\(|\.update\(\s*\{[^}]*\bstate\b/.test(one));
}
