import type { Command } from 'commander';
import { dataFolder, ensureFolder, programFolder } from '../../../host/paths';
import type { TracedLine } from '../../../host/plugins/messageTrace';
import type { Application } from '../../application';
import { ExitStatus } from '../../exitStatus';

/** Commands for whoever writes plugins: `plugin new`, `pack`, `test`, `dev`. What they need is loaded when one of them runs. */
export function registerAuthoring(plugin: Command, application: Application, exit: (status: number) => void): void {
  plugin
    .command('new')
    .argument('<kind>', 'command, view, filesystem or table')
    .argument('<folder>', 'a folder that is not there yet, or is empty; its name is the name of the plugin')
    .description('Make a plugin that builds and runs, with a test, and with the SDK beside it')
    .action(async (kind: string, folder: string) => {
      const { newPlugin } = await import(/* webpackMode: "eager" */ '../../../host/authoring/newPlugin');
      const made = await newPlugin(kind, folder, programFolder());
      if (application.json) return application.printJson(made);
      application.print([`${made.folder}:`, ...made.files.map((file) => `  ${file}`)].join('\n'));
      application.message('Next, in that folder: npm install && npm run build && npm test');
    });

  plugin
    .command('pack')
    .argument('<folder>', 'the folder of a plugin that is built')
    .requiredOption('-o, --output <file>', 'the package to write, a .tgz')
    .description('Make the package of a plugin, the same bytes for the same content, and list what is in it')
    .action(async (folder: string, { output }: { output: string }) => {
      const { packPlugin } = await import(/* webpackMode: "eager" */ '../../../host/authoring/packPlugin');
      const packed = await packPlugin(folder, output);
      if (application.json) return application.printJson(packed);
      const files = packed.files.map(({ path, bytes }) => `  ${path}  ${bytes} bytes`);
      application.print(
        [`${packed.id} ${packed.version}: ${packed.file}, ${packed.bytes} bytes`, ...files, packed.integrity].join('\n'),
      );
    });

  plugin
    .command('test')
    .argument('<folder or file>', "a plugin's folder, or its package")
    .option('--volume <file>', 'a file that holds a sound volume of its filesystem; may be given several times', collect, [])
    .description('Try a plugin as its installation would, and all that it adds; exit status 1 when something failed')
    .action(async (path: string, { volume }: { volume: string[] }) => {
      const { testPlugin } = await import(/* webpackMode: "eager" */ '../../../host/authoring/testPlugin');
      const { signal } = application;
      const card = await testPlugin({ path, volumes: volume, programFolder: programFolder(), signal });
      if (card.failed > 0) exit(ExitStatus.Failed);
      if (application.json) return application.printJson(card);
      const checks = card.checks.map(
        ({ name, outcome, detail }) => `${outcome.padEnd(7)}  ${name}: ${detail.replaceAll('\n', '\n         ')}`,
      );
      const score = `${card.id} ${card.version}: ${card.passed} passed, ${card.failed} failed, ${card.skipped} skipped`;
      application.print([...checks, ...card.protection.map((line) => `         ${line}`), score].join('\n'));
    });

  plugin
    .command('dev')
    .argument('<folder>', "a plugin's folder")
    .description('Link a plugin, build it at each change, try each build, and show its messages and its log; Ctrl+C ends it')
    .action(async (folder: string) => {
      const { devPlugin } = await import(/* webpackMode: "eager" */ '../../../host/authoring/devPlugin');
      await devPlugin({
        folder,
        dataFolder: ensureFolder(dataFolder()),
        signal: application.signal,
        say: (line) => (application.json ? application.printJson({ said: line }) : application.message(line)),
        trace: (line) => (application.json ? application.printJson(line) : application.print(tracedText(line))),
      });
    });
}

const ARROWS = { host: '→', plugin: '←', output: '|' } as const;

function tracedText({ time, from, bytes, text }: TracedLine): string {
  const cut = text.length < bytes && from !== 'output' ? ` … (${bytes} bytes)` : '';
  return `${new Date(time).toISOString().slice(11, 23)} ${ARROWS[from]} ${text}${cut}`;
}

const collect = (value: string, before: string[]): string[] => [...before, value];
