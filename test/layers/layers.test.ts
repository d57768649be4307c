/** The rules of .dependency-cruiser.cjs hold what they say: a tree that breaks each of them is found out, file by file. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from '../support/cli';
import { scratchFolder } from '../support/scratch';

const configuration = join(projectFolder, '.dependency-cruiser.cjs');

interface Violation {
  rule: { name: string };
  from: string;
  to: string;
}

/** What there is to be imported, and files that import it as they may. */
const sound: Record<string, string> = {
  'native/index.cjs': 'exports.open = () => 1;',
  'native/index.d.ts': 'export type Job = { id: number };',
  'sdk/src/errors.ts': 'export const sdk = 1;',
  'sdk/src/protocol/schemas/disks.ts': "import '../../errors'; export type Disk = 1; export const schema = 1;",
  'sdk/src/types.ts': "export type { Disk } from './protocol/schemas/disks';",
  'sdk/src/first.ts': 'export const first = 1;',
  'sdk/src/second.ts': "import './first'; export const second = 1;",
  'core/src/common/plan.ts': "import '../../../sdk/src/errors'; export const common = 1;",
  'core/src/sector/native.ts': "import '../common/plan'; import '../../../native/index.cjs'; export const sector = 1;",
  'core/src/sector/service.ts': "import './native'; import type { Job } from '../../../native/index'; export type J = Job;",
  'core/src/host/host.ts': "import '../common/plan'; import 'node:fs'; export const host = 1;",
  'core/src/cli/main.ts': "import '../host/host'; export const cli = 1;",
  'core/src/workbench/page.ts': "import '../common/plan'; export const page = 1;",
  'plugins/fs-one/src/main.ts': "import './own'; import '../../../sdk/src/errors'; import 'node:crypto';",
  'plugins/fs-one/src/own.ts': 'export const own = 1;',
  'plugins/fs-two/src/main.ts': 'export const two = 1;',
};

/** Rule → files that break it, and nothing else. */
const breaking: Record<string, Record<string, string>> = {
  'plugins-import-the-sdk-only': {
    'plugins/fs-one/src/core.ts': "import '../../../core/src/common/plan';",
    'plugins/fs-one/src/otherPlugin.ts': "import '../../fs-two/src/main';",
  },
  'sdk-imports-nothing-of-core': { 'sdk/src/core.ts': "import '../../core/src/common/plan';" },
  'common-imports-no-other-layer': { 'core/src/common/host.ts': "import '../host/host';" },
  'sector-service-knows-no-host': { 'core/src/sector/host.ts': "import '../host/host';" },
  'host-reaches-the-sector-service-by-its-protocol': {
    'core/src/host/sector.ts': "import '../sector/service';",
    'core/src/cli/sector.ts': "import '../sector/service';",
  },
  'host-knows-no-face': { 'core/src/host/cli.ts': "import '../cli/main';" },
  'native-is-loaded-in-one-file': { 'core/src/sector/second.ts': "import '../../../native/index.cjs';" },
  'schemas-stay-out-of-bundles': { 'sdk/src/schema.ts': "import { schema } from './protocol/schemas/disks'; export { schema };" },
  'browser-side-imports-no-node-module': { 'core/src/workbench/node.ts': "import 'node:fs';" },
  'no-cycles': { 'sdk/src/first.ts': "import './second'; export const first = 1;" },
  'not-resolvable': { 'sdk/src/missing.ts': "import './nowhere';" },
};

async function cruise(files: Record<string, string>): Promise<Violation[]> {
  const folder = await scratchFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const program = join(projectFolder, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const arguments_ = [program, '--config', configuration, '--output-type', 'json', 'core/src', 'sdk/src', 'plugins'];
  const output = await new Promise<string>((resolve) =>
    execFile(process.execPath, arguments_, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout) => resolve(stdout)),
  );
  return (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
}

test('a tree that keeps the rules is left alone', async () => {
  expect(await cruise(sound)).toEqual([]);
});

test('each rule finds each file that breaks it', async () => {
  const violations = await cruise(Object.assign({}, sound, ...Object.values(breaking)));
  const found = violations.map(({ rule, from }) => `${rule.name}: ${from}`).sort();
  const expected = Object.entries(breaking).flatMap(([rule, files]) => Object.keys(files).map((file) => `${rule}: ${file}`));
  expect([...new Set(found)]).toEqual(expected.sort());
});

test('no rule is without such a file', () => {
  const { forbidden } = createRequire(import.meta.url)(configuration) as { forbidden: { name: string }[] };
  expect(forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(breaking).sort());
});
