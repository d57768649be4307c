/** An installation that is killed at each of its steps leaves a store that is as before or as after, and goes on working. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { PluginStore } from '../../core/src/host/plugins/store/pluginStore';
import { PinFile } from '../../core/src/host/plugins/trust/pinFile';
import { projectFolder } from '../support/cli';
import { buildDisturber, disturbed } from '../support/disturb/disturb';
import { generator, sample, seed } from '../support/longRun';
import { type NpmRegistry, startNpmRegistry } from '../support/npmRegistry';
import { echoEntries, signed, vendorKey, writePackage } from '../support/pluginPackages';
import { scratchFolder } from '../support/scratch';

/** Writes, flushes, renames, and files that are made. */
const CALLS = 'wsrc';
const ID = 'vendor.echo';
const NAME = '@vendor/echo';

interface Rig {
  scratch: string;
  registry: NpmRegistry;
  /** Where a version is, by its number. */
  archive(version: string): string;
  /** Installs a package in a process of its own, which is killed before its step `at`; answers the number of its steps. */
  install(home: string, source: string, cut?: { at?: number; inProbe?: boolean }): Promise<number>;
}

async function makeRig(): Promise<Rig> {
  const scratch = await scratchFolder();
  const program = join(scratch, 'install.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, '..', 'support', 'storeChange.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    conditions: ['diskwright-source'],
    logLevel: 'error',
  });
  const library = await buildDisturber(scratch);
  const countFile = join(scratch, 'count');
  const key = vendorKey();
  const registry = await startNpmRegistry();
  const archive = (version: string): string => join(scratch, `echo-${version}.tgz`);
  for (const version of ['0.9.0', '1.0.0', '2.0.0', '3.0.0']) {
    // Says something, so that the moment of its trial is known.
    await writePackage(archive(version), signed(await echoEntries(version, 'console.error("it is tried")'), key));
    await registry.publish(NAME, version, archive(version));
  }
  const environment = {
    ...process.env,
    ...registry.env,
    DISKWRIGHT_DIST: join(projectFolder, 'dist'),
    DISKWRIGHT_NATIVE: join(projectFolder, 'native', 'build', 'Release'),
  };
  return {
    scratch,
    registry,
    archive,
    install: async (home, source, { at, inProbe = false } = {}) => {
      const disturbance = { paths: [home], calls: CALLS, countFile, ...(at !== undefined && { at, how: 'before' }) };
      const env = { ...environment, ...disturbed(library, disturbance) };
      await rm(countFile, { force: true });
      const args = [program, home, source, ...(inProbe ? ['killInProbe'] : [])];
      const isCut = at !== undefined || inProbe;
      await new Promise<void>((resolve, reject) =>
        execFile(process.execPath, args, { env }, (error, _, said) => (error && !isCut ? reject(new Error(said)) : resolve())),
      );
      return Number((await readFile(countFile)).readBigUInt64LE());
    },
  };
}

/** The version in use, whole, whose key is known; null when none is. */
async function versionIn(home: string): Promise<string | null> {
  const store = new PluginStore(join(home, 'plugins'));
  const { plugins } = await store.read();
  const current = plugins[ID]?.current ?? null;
  if (current === null) return null;
  const manifest = JSON.parse(await readFile(join(store.folderOf(ID, current), 'package.json'), 'utf8')) as object;
  expect(manifest).toMatchObject({ name: NAME, version: current });
  expect(await readFile(join(store.folderOf(ID, current), 'main.cjs'), 'utf8')).toContain(`"${current}"`);
  expect(plugins[ID]!.versions[current]!.publicKey).toBe((await new PinFile(home).read())[ID]);
  return current;
}

/** That what a cut has left is taken away, and the next installation works. */
async function expectUsable(rig: Rig, home: string): Promise<void> {
  await new PluginStore(join(home, 'plugins')).clean();
  expect(await readdir(join(home, 'plugins', '.staging')).catch(() => [])).toEqual([]);
  await rig.install(home, rig.archive('3.0.0'));
  expect(await versionIn(home)).toBe('3.0.0');
}

/** A data folder in which these versions were installed, one after the other. */
async function homeWith(rig: Rig, versions: string[]): Promise<string> {
  const home = join(rig.scratch, 'before');
  await mkdir(home, { mode: 0o700 });
  for (const version of versions) await rig.install(home, rig.archive(version));
  return home;
}

/** The steps before which it is cut: all of them in a long run, and in each run the first and the last. */
function cutsOf(steps: number): Set<number> {
  const all = Array.from({ length: steps }, (_, index) => index + 1);
  return new Set([1, ...sample(all, 4, generator(seed)), steps]);
}

test.each([
  ['the first installation', []],
  // The third takes the oldest away.
  ['an update', ['0.9.0', '1.0.0']],
])(
  '%s can be killed at any step, from the copy of the package to the cleaning up',
  { timeout: 400_000 },
  async (_, installed) => {
    const rig = await makeRig();
    const empty = await homeWith(rig, installed);
    const before = installed.at(-1) ?? null;
    const copyOf = async (name: string): Promise<string> => {
      const home = join(rig.scratch, name);
      await cp(empty, home, { recursive: true });
      return home;
    };
    const steps = await rig.install(await copyOf('undisturbed'), rig.archive('2.0.0'));
    expect(steps).toBeGreaterThan(15);
    const seen = new Set<string | null>();
    for (const at of cutsOf(steps)) {
      const home = await copyOf(`home${at}`);
      await rig.install(home, rig.archive('2.0.0'), { at });
      const version = await versionIn(home);
      expect([before, '2.0.0']).toContain(version);
      seen.add(version);
      await expectUsable(rig, home);
      await rm(home, { recursive: true });
    }
    expect(seen).toEqual(new Set([before, '2.0.0']));
  },
);

test('an update can be killed while it is fetched from a registry, and while it is tried', { timeout: 400_000 }, async () => {
  const rig = await makeRig();
  const empty = await homeWith(rig, ['1.0.0']);
  const undisturbed = join(rig.scratch, 'undisturbed');
  await cp(empty, undisturbed, { recursive: true });
  const steps = await rig.install(undisturbed, `${NAME}@2.0.0`);
  for (const at of cutsOf(steps)) {
    const home = join(rig.scratch, `home${at}`);
    await cp(empty, home, { recursive: true });
    await rig.install(home, `${NAME}@2.0.0`, { at });
    expect(['1.0.0', '2.0.0']).toContain(await versionIn(home));
    await expectUsable(rig, home);
  }
  const home = join(rig.scratch, 'probed');
  await cp(empty, home, { recursive: true });
  await rig.install(home, `${NAME}@2.0.0`, { inProbe: true });
  expect(await versionIn(home)).toBe('1.0.0');
  await expectUsable(rig, home);
});
