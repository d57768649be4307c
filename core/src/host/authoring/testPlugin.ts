import { mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { createHost, type Host } from '../host';
import { describeProblem, HOST_VERSION, PluginRegistry, type PluginRecord } from '../plugins';
import { readPackage } from '../plugins/readPackage';
import { checkVolume } from './checkVolume';
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
}

/**
 * Looks at a plugin as the host would when it is installed, and further: its manifest, its start in the sandbox, its self-test, each of its contributions.
 * It runs in a host of its own beside the built-in plugins, with a data folder that is gone afterwards.
 */
export async function testPlugin({ path, volumes, programFolder, signal }: PluginTest): Promise<ScoreCard> {
  const scratch = await mkdtemp(join(tmpdir(), 'diskwright-test-'));
  try {
    const folder = await packageFolder(resolve(path), scratch);
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
    const protection = await testInHost(registry, record, { volumes, scratch, list, signal });
    return list.card(record.id, record.version, protection);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function packageFolder(path: string, scratch: string): Promise<string> {
  const state = await stat(path).catch(() => null);
  if (!state) throw new InvalidInputError(`there is no ${path}`, { todo: "Name a plugin's folder or its package (.tgz)." });
  return state.isDirectory() ? path : unpackPackage(path, join(scratch, 'package'));
}

function manifestWords({ problems, plugin }: PluginRecord): string {
  if (!plugin) throw new Error(problems.map(describeProblem).join('\n'));
  const { commands = [], filesystems = [], partitionTables = [] } = plugin.manifest.contributes;
  return `${commands.length} commands, ${filesystems.length} filesystems, ${partitionTables.length} partition tables`;
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
}

async function testInHost(
  registry: PluginRegistry,
  { id }: PluginRecord,
  { volumes, scratch, list, signal }: InHost,
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
    const filesystems = plugin.manifest.contributes.filesystems ?? [];
    if (filesystems.length > 0 && volumes.length === 0)
      list.skip('filesystems', 'no volume was given to try them on: add --volume FILE');
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
