import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** One serious fault that axe found, with the elements that have it. */
export interface AccessibilityFault {
  rule: string;
  help: string;
  elements: string[];
}

/** What is looked at: everything, or what another colour scheme, or a narrower page, can change. */
export type AccessibilityScope = 'everything' | 'colours' | 'colours and sizes';

interface AxeViolation {
  id: string;
  impact: string | null;
  help: string;
  nodes: { target: unknown[]; failureSummary?: string }[];
}

const colours = ['color-contrast', 'link-in-text-block'];

const runOnly: Record<AccessibilityScope, object> = {
  everything: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  colours: { type: 'rule', values: colours },
  'colours and sizes': { type: 'rule', values: [...colours, 'target-size', 'scrollable-region-focusable'] },
};

/**
 * Faults of WCAG 2.2 AA on the page as it stands, those that axe calls serious or critical. Frames hold mail, which is
 * its author's to judge.
 */
export async function accessibilityFaults(
  page: Page,
  scope: AccessibilityScope = 'everything',
): Promise<AccessibilityFault[]> {
  // By the debugger, which the page's policy does not stop, as it would a script element.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe);
  // Waiting for frames that run no scripts, and fetching style sheets again, would take most of the time.
  const options = { runOnly: runOnly[scope], iframes: false, preload: false, resultTypes: ['violations'] };
  const violations = (await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )) as AxeViolation[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => ({
      rule: id,
      help,
      elements: nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`),
    }));
}
