/** What the audit log says of a job: before it writes anything, and when it has ended, however that is. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AuditRecord } from '../../core/src/common/audit';
import { readAudit } from '../../core/src/host/plugins/audit/readAudit';
import { AuditLog } from '../../core/src/sector/audit/auditLog';
import type { JobHooks } from '../../core/src/sector/job/runningJob';
import { jobEnvironment, planBetween, startJob } from '../support/jobs';
import { scratchFolder } from '../support/scratch';

const MIB = 1024 * 1024;

/** Runs a job that clears a mebibyte, copies one and commits a sector; answers what was on record after each step, and at the end. */
async function recordsOf(endAt: string | null): Promise<{ during: AuditRecord[][]; after: AuditRecord[] }> {
  const folder = await scratchFolder();
  const home = join(folder, 'home');
  const [source, target] = [join(folder, 'source.img'), join(folder, 'target.img')];
  for (const path of [source, target]) await writeFile(path, Buffer.alloc(8 * MIB, path === source ? 1 : 2));
  const environment = jobEnvironment(home);
  const plan = (await planBetween(environment, source, target))
    .zero('invalidate', ['target', 0], MIB)
    .copy('content', ['source', 0], ['target', 0], [{ offset: 4 * MIB, length: MIB }])
    .write('commit', ['target', 0], Buffer.alloc(512, 3));
  const during: AuditRecord[][] = [];
  const hooks: JobHooks = {
    onStepEnd: async (phase) => {
      during.push(await readAudit(home, { limit: 100 }));
      if (phase === endAt) throw new Error('it is ended here');
    },
  };
  await (
    await startJob(environment, plan, hooks, undefined, new AuditLog(home))
  ).ended;
  return { during, after: await readAudit(home, { limit: 100 }) };
}

const written = (records: AuditRecord[]): AuditRecord | undefined => records.find(({ operation }) => operation === 'write');
const read = (records: AuditRecord[]): AuditRecord | undefined => records.find(({ operation }) => operation === 'read');

test('all that a job may write is on record before it writes, and just what it wrote when it is done', async () => {
  const { during, after } = await recordsOf(null);
  const ranges = [
    [0, MIB],
    [4 * MIB, MIB],
  ];
  expect(written(during[0]!)).toMatchObject({ ranges, rounded: true, job: { state: 'running' } });
  expect(written(after)).toMatchObject({ ranges, rounded: false, bytes: 2 * MIB + 512, job: { state: 'done' } });
  expect(read(after)).toMatchObject({ ranges: [[4 * MIB, MIB]], rounded: false });
});

test('of a job that failed, what lies up to the phase that it had reached is on record, as rounded', async () => {
  const { after } = await recordsOf('invalidate');
  expect(written(after)).toMatchObject({ ranges: [[0, MIB]], rounded: true, job: { state: 'failed' } });
  // Nothing was read, as the beginning had foreseen.
  expect(read(after)).toMatchObject({ ranges: [], bytes: 0 });
});
