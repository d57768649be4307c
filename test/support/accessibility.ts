import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { CDPSession, Page } from 'playwright-core';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sessions = new WeakMap<Page, CDPSession>();

/**
 * What axe-core calls serious or critical in a page: rule, element and reason, a line each.
 * @param rules only these, by their ids
 */
export async function seriousFindings(page: Page, rules?: string[]): Promise<string[]> {
  // By the browser's own console: the page's policy allows no script of others.
  let session = sessions.get(page);
  if (!session) {
    session = await page.context().newCDPSession(page);
    sessions.set(page, session);
  }
  const evaluate = (expression: string) => session.send('Runtime.evaluate', { expression, awaitPromise: true });
  const { result: loaded } = await evaluate('typeof axe');
  if (loaded.value !== 'object') await evaluate(axe);
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: rules } }) };
  const { result } =
    await evaluate(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => JSON.stringify(violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target.join(' ') + ': ' + failureSummary.replace(/\\s+/g, ' ')))))`);
  return JSON.parse(result.value as string) as string[];
}
