import type { Command } from 'commander';
import { contributionsInWords } from '../../../host/plugins/contributionsInWords';
import { pluginEntries } from '../../../host/plugins/pluginEntries';
import type { PluginHost } from '../../../host/plugins';
import { formatTable } from '../../../host/text/table';
import type { Application } from '../../application';

/** `plugin list`. */
export function registerPluginList(plugin: Command, application: Application): void {
  plugin
    .command('list')
    .description(
      'List all plugins with their state, what they add, and what is wrong with them; with --verbose each is started, to tell how it is protected on this system, what it may take, and what its process takes',
    )
    .action(async () => {
      const { plugins, devices } = await application.host();
      if (application.verbose) await startAll(plugins);
      const entries = (await pluginEntries(plugins, devices)).map((entry) => ({
        ...entry,
        enabled: entry.state === 'running' || entry.state === 'stopped',
        contributes: contributionsOf(plugins, entry.id),
      }));
      if (application.json) return application.printJson(entries);
      const rows = entries.map((entry) => [entry.id, entry.version, entry.state, originOf(entry), entry.contributes.join('; ')]);
      application.print(formatTable(['plugin', 'version', 'state', 'origin', 'contributes'], rows));
      for (const { id, problems } of entries) for (const problem of problems) application.message(`${id}: ${problem}`);
      for (const { id, note } of entries) if (note !== null) application.message(`${id}: ${note}`);
      for (const { id, waiting } of entries) if (waiting) application.message(waitingLine(id, waiting));
      if (plugins.capabilities.problem !== null) application.message(plugins.capabilities.problem);
      if (plugins.registry.storeProblem !== null) application.message(plugins.registry.storeProblem);
      for (const { id, lastStop } of entries) if (lastStop) application.message(stopLine(id, lastStop));
      if (application.verbose) for (const entry of entries) application.print(`\n${details(entry)}`);
    });
}

/** From whom it is, as far as anybody can tell. */
function originOf({ installed }: Entry): string {
  if (!installed) return 'comes along';
  return installed.signedBy === null ? 'not signed' : 'signed';
}

type Entry = Awaited<ReturnType<typeof pluginEntries>>[number];

/** One that does not start is told by its state and its last stop. */
async function startAll({ registry, supervisor }: PluginHost): Promise<void> {
  const ready = registry.list().filter(({ id, plugin }) => plugin && !registry.isDisabled(id));
  await Promise.allSettled(
    ready.map(({ id }) =>
      supervisor.using(id, async (process) => {
        await process.measureLag();
      }),
    ),
  );
}

function contributionsOf({ registry }: PluginHost, id: string): string[] {
  const manifest = registry.get(id)?.manifest;
  return manifest ? contributionsInWords(manifest) : [];
}

function waitingLine(id: string, { version, asks }: NonNullable<Entry['waiting']>): string {
  const commands = asks.map((capability) => `diskwright plugin grant ${id} ${capability}`);
  return `${id}: ${version} is installed and waits for ${asks.join(', ')}: ${commands.join('; ')}`;
}

function stopLine(id: string, { time, reason, version }: NonNullable<Entry['lastStop']>): string {
  return `${id} ${version} was stopped on ${new Date(time).toLocaleString()}: ${reason}`;
}

function details({ id, process, protection, limits }: Entry): string {
  const figures = process
    ? [
        `memory ${process.memory === null ? 'unknown' : `${(process.memory / 1024 / 1024).toFixed(1)} MiB`}`,
        `started in ${Math.round(process.startMilliseconds)} ms`,
        `answers in ${process.lagMilliseconds === null ? 'unknown' : `${process.lagMilliseconds.toFixed(1)} ms`}`,
        `log ${process.logCharacters} characters, ${process.logDroppedLines} lines dropped`,
      ]
    : ['no process runs'];
  return [`${id}: ${figures.join(', ')}`, ...protection, ...limits].join('\n  ');
}
