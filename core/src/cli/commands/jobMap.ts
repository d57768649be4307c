import type { Command } from 'commander';
import { formatRescueMap } from '../../common/rescueMap/formatRescueMap';
import { printable } from '../../common/text/printable';
import { saveText } from '../../host/jobs/jobReport';
import type { Application } from '../application';

/** Adds `jobs map`. */
export function registerJobMap(jobs: Command, application: Application): void {
  jobs
    .command('map <job>')
    .description('Print what a job could read of its source as a map file of ddrescue: + copied, - bad, ? not tried')
    .option('-o, --output <file>', 'write it to a new file')
    .option('--device <name>', 'the source, where there are several: its name in the plan, or its path')
    .action(async (name: string, options: { output?: string; device?: string }) => {
      const { device, map } = await (await application.host()).jobs.map(name, options.device);
      const text = [...formatRescueMap(map, ['Mapfile. Created by Diskwright', `Job ${name}, source ${device.path}`])].join('');
      if (options.output !== undefined) await saveText(text, options.output, 'map');
      if (application.json) application.printJson({ device: device.name, path: device.path, ...map });
      else if (options.output === undefined) application.print(text.trimEnd());
      else application.print(`The map of ${printable(device.path)} is in ${printable(options.output)}.`);
    });
}
