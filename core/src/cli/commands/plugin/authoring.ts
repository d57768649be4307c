import { readFile } from 'node:fs/promises';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { Command } from 'commander';
import { dataFolder, ensureFolder, programFolder } from '../../../host/paths';
import type { ConformanceOptions } from '../../../host/authoring/conformance/conformanceRun';
import type { TracedLine } from '../../../host/plugins/messageTrace';
import { reasonOf } from '../../../host/systemError';
import type { Application } from '../../application';
import { ExitStatus } from '../../exitStatus';

/** Commands for whoever writes plugins: `plugin new`, `pack`, `test`, `dev`. What they need is loaded when one of them runs. */
export function registerAuthoring(plugin: Command, application: Application, exit: (status: number) => void): void {
  plugin
    .command('new')
    .argument('<kind>', 'command, view, filesystem, table, image-format or container')
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
    .option('--sign <key>', 'sign it with this Ed25519 key (PEM), as "diskwright plugin keygen" makes one')
    .description('Make the package of a plugin, the same bytes for the same content, and list what is in it')
    .action(async (folder: string, { output, sign }: { output: string; sign?: string }) => {
      const { packPlugin } = await import(/* webpackMode: "eager" */ '../../../host/authoring/packPlugin');
      const packed = await packPlugin(folder, output, sign === undefined ? undefined : await readKey(sign));
      if (application.json) return application.printJson(packed);
      const files = packed.files.map(({ path, bytes }) => `  ${path}  ${bytes} bytes`);
      application.print(
        [
          `${packed.id} ${packed.version}: ${packed.file}, ${packed.bytes} bytes, ${packed.signed ? 'signed' : 'not signed'}`,
          ...files,
          packed.integrity,
        ].join('\n'),
      );
    });

  plugin
    .command('keygen <file>')
    .description('Make a key to sign packages with, in a new file; keep it: with another one, every user has to agree anew')
    .action(async (file: string) => {
      const { makeVendorKey } = await import(/* webpackMode: "eager" */ '../../../host/plugins/trust/vendorKey');
      const fingerprint = await makeVendorKey(file);
      if (application.json) application.printJson({ file, fingerprint });
      else application.print(`${file}: your key is ${fingerprint}. Tell that to your users, and keep the file to yourself.`);
    });

  plugin
    .command('test')
    .argument('<folder or file>', "a plugin's folder, or its package")
    .option('--volume <file>', 'a file that holds a sound volume of its filesystem; may be given several times', collect, [])
    .option('--no-conformance', "leave the author's own recipes and oracle out, which run outside of the sandbox")
    .option('--only <text>', 'only recipes whose name holds this')
    .option('--long', 'also recipes that take minutes or gigabytes')
    .option('--seed <number>', 'of all random choices', count, 1)
    .option('--mutations <number>', 'how many mutated images', count, 300)
    .option('--case-seconds <number>', 'what one mutated image may take of processor time', count, 5)
    .option('--memory <mebibytes>', "what the plugin's process may take", count, 256)
    .description('Try a plugin as its installation would, and all that it adds; exit status 1 when something failed')
    .action(async (path: string, given: TestOptions) => {
      const { testPlugin } = await import(/* webpackMode: "eager" */ '../../../host/authoring/testPlugin');
      const { signal } = application;
      const card = await testPlugin({
        path,
        volumes: given.volume,
        programFolder: programFolder(),
        signal,
        conformance: given.conformance ? conformanceOptions(given) : null,
        say: (line) => application.message(line),
      });
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

interface TestOptions {
  volume: string[];
  conformance: boolean;
  only?: string;
  long?: boolean;
  seed: number;
  mutations: number;
  caseSeconds: number;
  memory: number;
}

function conformanceOptions({ only, long = false, seed, mutations, caseSeconds, memory }: TestOptions): ConformanceOptions {
  return { only, long, seed, mutations, milliseconds: caseSeconds * 1000, memoryBytes: memory * 1024 * 1024 };
}

/** @throws InvalidInputError for what is none */
function count(text: string): number {
  if (!/^\d{1,10}$/.test(text))
    throw new InvalidInputError(`"${text}" is no number`, { todo: 'Give a whole number, such as 300.' });
  return Number(text);
}

/** @throws InvalidInputError for a file that cannot be read */
async function readKey(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new InvalidInputError(`the key cannot be read: ${reasonOf(error)}`, {
      todo: 'Make one with: diskwright plugin keygen FILE',
    });
  });
}

const ARROWS = { host: '→', plugin: '←', output: '|' } as const;

function tracedText({ time, from, bytes, text }: TracedLine): string {
  const cut = text.length < bytes && from !== 'output' ? ` … (${bytes} bytes)` : '';
  return `${new Date(time).toISOString().slice(11, 23)} ${ARROWS[from]} ${text}${cut}`;
}

const collect = (value: string, before: string[]): string[] => [...before, value];
