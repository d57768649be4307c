// `diskwright plan simulate` of a stored plan with a million extents, everything started and ended, digest check included, beside a bare `node -e 0`,
// interleaved; best and median of several, and the memory of the whole tree. By hand: node test/bench/simulateMillion.mjs [ROUNDS]
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskwright, median, run } from './run.mjs';

const EXTENTS = 1_000_000;
const SIZE = 1024 ** 4;
const rounds = Number(process.argv[2] ?? 9);

/** An extent list (docs/formats.md): `count` extents, one a mebibyte, from 4 KiB to 400 KiB long. */
function extentList(shift) {
  const blob = Buffer.alloc(16 + EXTENTS * 16);
  blob.write('DWEXTS01', 'latin1');
  blob.writeBigUInt64LE(BigInt(EXTENTS), 8);
  let covered = 0;
  for (let index = 0; index < EXTENTS; index++) {
    const length = 4096 + (index % 100) * 4096;
    blob.writeBigUInt64LE(BigInt(index * 1_048_576 + shift), 16 + index * 16);
    blob.writeBigUInt64LE(BigInt(length), 24 + index * 16);
    covered += length;
  }
  return { blob, reference: { digest: sha256(blob), bytes: blob.length, count: EXTENTS, covered } };
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Canonical JSON (RFC 8785) of what has neither numbers with fractions nor strings outside of ASCII. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

/** Stores a plan for two empty sparse disks that copies a million extents, and zeroes another million beside them when asked. */
function storePlan(folder, zeroes) {
  const device = (name) => {
    const path = join(folder, `${name}.img`);
    writeFileSync(path, '');
    truncateSync(path, SIZE);
    const identity = {
      kind: 'file',
      size: SIZE,
      sectorSize: 512,
      model: null,
      serial: null,
      fingerprint: sha256(Buffer.alloc(131072)),
    };
    return { name, role: name, path, identity };
  };
  const common = (phase) => ({ phase, structure: 'a million extents', reason: 'to be measured' });
  const copied = extentList(4096);
  const zeroed = extentList(512 * 1024);
  const at = (name, offset) => ({ device: name, offset });
  const steps = [
    { kind: 'zero', ...common('invalidate'), target: at('target', 0), length: 1048576 },
    { kind: 'copy', ...common('content'), source: at('source', 0), target: at('target', 0), extents: copied.reference },
    { kind: 'verify', ...common('content'), device: 'target' },
  ];
  if (zeroes)
    steps.splice(1, 0, { kind: 'zero', ...common('content'), target: at('target', 0), length: SIZE, extents: zeroed.reference });
  const plan = {
    format: 'diskwright-plan/1',
    title: 'A million extents',
    command: { id: 'bench', input: {} },
    devices: [device('source'), device('target')],
    steps,
    warnings: [],
    notes: [],
    result: null,
    undo: 'none',
  };
  const path = join(folder, zeroes ? 'zeroes.plan' : 'copies.plan');
  writeFileSync(path, canonical(plan));
  mkdirSync(`${path}.blobs`);
  for (const { blob, reference } of zeroes ? [copied, zeroed] : [copied])
    writeFileSync(join(`${path}.blobs`, reference.digest), blob);
  return path;
}

async function measure(title, plan, home) {
  let overlays = 0;
  const simulate = (options) =>
    run(process.execPath, [diskwright, 'plan', 'simulate', plan, '--overlay', `run-${overlays++}`], {
      env: { DISKWRIGHT_HOME: home },
      ...options,
    });
  await simulate();
  const [bare, whole] = [[], []];
  for (let round = 0; round < rounds; round++) {
    bare.push((await run(process.execPath, ['-e', '0'])).milliseconds);
    whole.push((await simulate()).milliseconds);
  }
  const peaks = [];
  for (let round = 0; round < 3; round++) peaks.push(await simulate({ memory: true }));
  const peak = peaks.reduce((most, next) => (next.pss > most.pss ? next : most));
  const figures = (values) => `best ${Math.min(...values).toFixed(0)} ms, median ${median(values).toFixed(0)} ms`;
  console.log(`${title}: ${figures(whole)} of ${rounds}; bare node -e 0: ${figures(bare)}`);
  console.log(`  memory of the tree: ${(peak.pss / 1e6).toFixed(0)} MB PSS in ${peak.processes} processes`);
}

const folder = mkdtempSync(join(tmpdir(), 'diskwright-bench-'));
try {
  await measure('copying a million extents', storePlan(folder, false), join(folder, 'home'));
  await measure('and zeroing a million', storePlan(folder, true), join(folder, 'other-home'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
