// Writes the campaigns' table into docs/evidence.md, from what the tests of `npm run test:long` left in .cache/evidence.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './shared.mjs';

const BEGIN = '<!-- campaigns: by node scripts/evidence.mjs -->';
const END = '<!-- end of campaigns -->';

const folder = join(root, '.cache', 'evidence');
const campaigns = readdirSync(folder)
  .sort()
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const rows = campaigns.flatMap(({ campaign, date, seed, lines }) =>
  lines.map(
    ({ operation, cuts, cases, of = cases, outcome }) =>
      `| ${campaign} | ${operation} | ${cuts} | ${cases < of ? `${cases} of ${of}` : cases} | ${outcome} | ${date} | ${seed} |`,
  ),
);
const table = [
  '| campaign | operation | cut points | cases | outcome | date | seed |',
  '|---|---|---|---|---|---|---|',
  ...rows,
].join('\n');

const path = join(root, 'docs', 'evidence.md');
const text = readFileSync(path, 'utf8');
const from = text.indexOf(BEGIN);
const to = text.indexOf(END);
if (from < 0 || to < from) throw new Error(`${path} has no lines "${BEGIN}" and "${END}"`);
writeFileSync(path, `${text.slice(0, from + BEGIN.length)}\n\n${table}\n\n${text.slice(to)}`);
process.stdout.write(`${rows.length} rows of ${campaigns.length} campaigns in ${path}\n`);
