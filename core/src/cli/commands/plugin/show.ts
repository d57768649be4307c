import type { Command } from 'commander';
import { formatSize } from '../../../common/text/size';
import type { PluginEntry } from '../../../common/workbench';
import { pluginEntries } from '../../../host/plugins/pluginEntries';
import type { Application } from '../../application';

/** `plugin show`. */
export function registerPluginShow(plugin: Command, application: Application): void {
  plugin
    .command('show')
    .argument('<plugin>', 'its id, as "diskwright plugin list" shows it')
    .description(
      'Show all that is known of a plugin: versions, what it may do and on which devices, what it adds, how it is protected on this system, and what it takes; it is started for that',
    )
    .action(async (id: string) => {
      const { plugins, devices } = await application.host();
      plugins.registry.requireListed(id);
      // One that does not start is told by its state and its last stop.
      await plugins.supervisor.using(id, (process) => process.measureLag()).catch(() => undefined);
      const entry = (await pluginEntries(plugins, devices)).find((each) => each.id === id)!;
      if (application.json) application.printJson(entry);
      else application.print(sections(entry).map(sectionText).join('\n\n'));
    });
}

type Section = [title: string, lines: string[]];

const sectionText = ([title, lines]: Section): string => [`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n');

function sections(entry: PluginEntry): Section[] {
  const { displayName, id, version, state, description, problems, note, capabilities, contributes, protection, limits } = entry;
  const about = [
    `${version}, ${state}`,
    ...(description === '' ? [] : [description]),
    ...problems,
    ...(note === null ? [] : [note]),
  ];
  return [
    [`${displayName} (${id})`, about],
    ['Versions', versions(entry)],
    ['Asks for', capabilities.length > 0 ? capabilities : ['nothing']],
    ['Was granted', grants(entry)],
    ['Adds', contributes.length > 0 ? contributes : ['nothing']],
    ['Protection in force', protection.length > 0 ? protection : ['no process runs']],
    ['Takes', figures(entry)],
    ['Limits', limits],
  ];
}

function versions({ version, installed, waiting }: PluginEntry): string[] {
  if (!installed) return [`${version} comes with Diskwright`];
  const { source, signedBy, installedAt, previous, builtIn } = installed;
  return [
    `${version} is in use since ${installedAt}, from ${source}, ${signedBy === null ? 'not signed' : `signed with ${signedBy}`}`,
    ...(previous === null ? [] : [`${previous} was before it: diskwright plugin rollback`]),
    ...(waiting ? [`${waiting.version} waits until it is granted: ${waiting.asks.join(', ')}`] : []),
    ...(builtIn === null ? [] : [`${builtIn} came with Diskwright`]),
  ];
}

function grants({ grants: given }: PluginEntry): string[] {
  if (given === null) return ['what it asks for, as it came with Diskwright'];
  if (given.length === 0) return ['nothing yet'];
  return given.map(({ capability, device }) => (device ? `${capability} of ${device.name}` : capability));
}

function figures({ process, crashes, lastStop }: PluginEntry): string[] {
  const stops = [
    ...(crashes > 0 ? [`${crashes} crashes lately`] : []),
    ...(lastStop ? [`stopped on ${new Date(lastStop.time).toISOString()} (${lastStop.version}): ${lastStop.reason}`] : []),
  ];
  if (!process) return stops.length > 0 ? stops : ['nothing: no process runs'];
  const { memory, startMilliseconds, lagMilliseconds, bytesRead, logCharacters, logDroppedLines } = process;
  return [
    `memory: ${memory === null ? 'unknown' : formatSize(memory)}`,
    `start: ${Math.round(startMilliseconds)} ms`,
    ...(lagMilliseconds === null ? [] : [`answer: ${lagMilliseconds.toFixed(1)} ms`]),
    `read of devices: ${formatSize(bytesRead)}`,
    `log: ${logCharacters} characters, ${logDroppedLines} lines dropped`,
    ...stops,
  ];
}
