// Writes the campaigns' table into docs/evidence.md, from what the tests of `npm run test:long` left in .cache/evidence; rows of campaigns that left nothing
// there stay as they are.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './shared.mjs';

const BEGIN = '<!-- campaigns: by node scripts/evidence.mjs -->';
const END = '<!-- end of campaigns -->';

const folder = join(root, '.cache', 'evidence');
const campaigns = readdirSync(folder)
  .sort()
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const path = join(root, 'docs', 'evidence.md');
const text = readFileSync(path, 'utf8');
const from = text.indexOf(BEGIN);
const to = text.indexOf(END);
if (from < 0 || to < from) throw new Error(`${path} has no lines "${BEGIN}" and "${END}"`);

/** The rows by campaign, those of before first: a campaign keeps its place. */
const rowsOf = new Map();
const [, , ...standing] = text
  .slice(from, to)
  .split('\n')
  .filter((line) => line.startsWith('|'));
for (const row of standing) {
  const campaign = row.split('|')[1].trim();
  rowsOf.set(campaign, [...(rowsOf.get(campaign) ?? []), row]);
}
for (const { campaign, date, seed, lines } of campaigns) {
  const row = ({ operation, cuts, cases, of = cases, outcome }) =>
    `| ${campaign} | ${operation} | ${cuts} | ${cases < of ? `${cases} of ${of}` : cases} | ${outcome} | ${date} | ${seed} |`;
  rowsOf.set(campaign, lines.map(row));
}
const table = [
  '| campaign | operation | cut points | cases | outcome | date | seed |',
  '|---|---|---|---|---|---|---|',
  ...[...rowsOf.values()].flat(),
].join('\n');
writeFileSync(path, `${text.slice(0, from + BEGIN.length)}\n\n${table}\n\n${text.slice(to)}`);
process.stdout.write(`${campaigns.length} campaigns written into ${path}\n`);
