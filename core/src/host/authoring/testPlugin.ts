import { mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { createHost, type Host } from '../host';
import { describeProblem, HOST_VERSION, PluginRegistry, type PluginRecord } from '../plugins';
import { readPackage } from '../plugins/readPackage';
import { checkVolume } from './checkVolume';
import { conformanceModule } from './conformance/conformanceModule';
import type { ConformanceOptions } from './conformance/conformanceRun';
import { runConformance } from './conformance/runConformance';
import { CheckList, type ScoreCard } from './scoreCard';
import { tryStart } from './tryStart';
import { unpackPackage } from './unpackPackage';

export interface PluginTest {
  /** A plugin's folder, or its package. */
  path: string;
  /** Files that each hold a sound volume of the filesystems that it provides. */
  volumes: string[];
  programFolder: string;
  signal: AbortSignal;
  /** Null: the author's recipes are left alone. */
  conformance: ConformanceOptions | null;
  /** Is told what the user has to know before it happens. */
  say(line: string): void;
}

/**
 * Looks at a plugin as the host would when it is installed, and further: its manifest, its start in the sandbox, its self-test, each of its contributions.
 * It runs in a host of its own beside the built-in plugins, with a data folder that is gone afterwards.
 */
export async function testPlugin({ path, volumes, programFolder, signal, conformance, say }: PluginTest): Promise<ScoreCard> {
  const scratch = await mkdtemp(join(tmpdir(), 'diskwright-test-'));
  try {
    const folder = await packageFolder(resolve(path), scratch, signal);
    const record = await readPackage(folder, HOST_VERSION);
    const list = new CheckList();
    if (!(await list.run('manifest', async () => manifestWords(record)))) return list.card(record.id, record.version, []);
    await mkdir(join(scratch, 'plugins'));
    await symlink(folder, join(scratch, 'plugins', 'tested'));
    const registry = await PluginRegistry.load({
      // Of two plugins that claim the same the first counts: the built-in ones, which the tested one has to live beside.
      folders: [...(await builtInFolders(programFolder, record)), join(scratch, 'plugins')],
      hostVersion: HOST_VERSION,
      indexFile: null,
    });
    const author = folder === resolve(path) ? await findConformance(folder, list) : null;
    const conform = conformance && author !== null ? { module: author, programFolder, options: conformance } : null;
    if (conform)
      say(
        `${author} runs with your rights, outside of the sandbox: it is the author's own program. --no-conformance leaves it out.`,
      );
    const protection = await testInHost(registry, record, { volumes, scratch, list, signal, conform });
    return list.card(record.id, record.version, protection);
  } finally {
    // The sector service, which ends by itself, may be writing its audit log still.
    await rm(scratch, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Only of a folder: who has a package tests what somebody else wrote. */
async function findConformance(folder: string, list: CheckList): Promise<string | null> {
  let found: string | null = null;
  const look = async (): Promise<string> => (found = await conformanceModule(folder)) ?? '';
  await look().catch(() => list.run('conformance', look));
  return found;
}

async function packageFolder(path: string, scratch: string, signal: AbortSignal): Promise<string> {
  const state = await stat(path).catch(() => null);
  if (!state) throw new InvalidInputError(`there is no ${path}`, { todo: "Name a plugin's folder or its package (.tgz)." });
  return state.isDirectory() ? path : unpackPackage(path, join(scratch, 'package'), signal);
}

function manifestWords({ problems, plugin }: PluginRecord): string {
  if (!plugin) throw new Error(problems.map(describeProblem).join('\n'));
  const {
    commands = [],
    filesystems = [],
    partitionTables = [],
    imageFormats = [],
    containers = [],
  } = plugin.manifest.contributes;
  const counts: [count: number, what: string][] = [
    [commands.length, 'command'],
    [filesystems.length, 'filesystem'],
    [partitionTables.length, 'partition table'],
    [imageFormats.length, 'image format'],
    [containers.length, 'container'],
  ];
  const there = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}${count === 1 ? '' : 's'}`);
  return there.length > 0 ? there.join(', ') : 'nothing that it contributes';
}

/** Without the plugin itself, where it is a built-in one that is tested. */
async function builtInFolders(programFolder: string, tested: PluginRecord): Promise<string[]> {
  const folder = join(programFolder, 'plugins');
  const builtIn = await stat(join(folder, tested.id)).catch(() => null);
  return builtIn ? [] : [folder];
}

interface InHost {
  volumes: string[];
  scratch: string;
  list: CheckList;
  signal: AbortSignal;
  conform: { module: string; programFolder: string; options: ConformanceOptions } | null;
}

async function testInHost(
  registry: PluginRegistry,
  { id }: PluginRecord,
  { volumes, scratch, list, signal, conform }: InHost,
): Promise<string[]> {
  const plugin = registry.get(id);
  const own = registry.list().find((record) => record.id === id)!;
  await list.run('beside the built-in plugins', async () => {
    if (!plugin) throw new Error(own.problems.map(describeProblem).join('\n'));
    return 'no other plugin has its ids and words';
  });
  if (!plugin) return [];
  const home = join(scratch, 'home');
  await mkdir(home, { mode: 0o700 });
  const started = await tryStart(plugin, list);
  if (!started) return [];
  const host = await createHost({ dataFolder: home, registry: Promise.resolve(registry) });
  try {
    await testCommands(host, registry, id, list, signal);
    for (const file of volumes) await checkVolume(host, id, resolve(file), scratch, list, signal);
    if (conform) {
      const run = { host, plugin: id, scratch, list, signal, options: conform.options };
      await runConformance(conform.module, conform.programFolder, run);
    }
    const filesystems = plugin.manifest.contributes.filesystems ?? [];
    if (filesystems.length > 0 && volumes.length === 0 && !conform)
      list.skip(
        'filesystems',
        'no volume was given to try them on: add --volume FILE, or recipes: see "conformance" in docs/plugins.md',
      );
    return started.protection;
  } finally {
    await host.dispose();
  }
}

/** Each command of the manifest has to be there in code: it is asked about an empty form. */
async function testCommands(
  host: Host,
  registry: PluginRegistry,
  id: string,
  list: CheckList,
  signal: AbortSignal,
): Promise<void> {
  for (const { plugin, contribution } of registry.commands()) {
    if (plugin.id !== id) continue;
    await list.run(`command ${contribution.id}`, async () => {
      const { errors } = await host.plugins.commands.resolve(
        id,
        { command: contribution.id, input: {}, named: {}, progressToken: 'form' },
        [],
        {
          signal,
        },
      );
      return errors.length > 0 ? `says of an empty form: ${errors[0]!.message}` : 'takes a form';
    });
  }
}
