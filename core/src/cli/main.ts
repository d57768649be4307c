/** The command line of Diskwright. Exit status: 0 done, 1 failed, 2 wrong use, 3 refused for safety, 4 done with holes, 130 cancelled. */
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { dataFolder, programFolder } from '../host/paths';
import type { PluginChoice } from '../host/plugins';
import { Application } from './application';
import { registerCall } from './commands/call';
import { registerContributed } from './commands/contributed';
import { registerDevices } from './commands/devices';
import { registerExport } from './commands/export';
import { registerInspect } from './commands/inspect';
import { registerJobs } from './commands/jobs';
import { registerOwner } from './commands/owner';
import { registerPlan } from './commands/plan';
import { registerPlugin } from './commands/plugin';
import { registerSearch } from './commands/search';
import { registerSectors } from './commands/sectors';
import { registerStart } from './commands/start';
import { joinRetryCount } from './jobOptions';
import { passphraseOfEnvironment } from './passphrase';
import { printableLines } from '../common/text/printable';
import { describeError, ExitStatus, exitStatusOf } from './exitStatus';

const HELP_END = `
A DEVICE is a path, an NBD URI or the name of an overlay; DEVICE#N is its partition N, DEVICE#0 the whole device as one volume.
DEVICE#N@NAME is the device NAME in the volume group, array or encrypted container on it; "layout" lists them.
Passphrases are asked for on the terminal, or are taken from --password-file or DISKWRIGHT_PASSWORD.
Sizes: 512, 4K, 1.5GiB, 20MB, 2048s (sectors). Every command has --help.
Exit status: 0 done, 1 failed, 2 wrong use, 3 refused for safety, 4 done with holes, 130 cancelled.
State lies in ${dataFolder()} (DISKWRIGHT_HOME).
Licence: Apache-2.0; those of all that is inside: ${join(programFolder(), 'licences.txt')}`;

/** Name and arguments of a command, without the "[options]" that nearly all have. */
function subcommandTerm(command: Command): string {
  const terms = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [command.name(), ...terms].join(' ');
}

async function run(argv: string[]): Promise<number> {
  const passphrase = { file: wordOf(argv, '--password-file'), text: passphraseOfEnvironment() };
  const application = new Application(pluginChoice(argv), wordOf(argv, '--inspect-plugin'), passphrase);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => application.interrupt());
  let status: number = ExitStatus.Done;
  const exit = (value: number): void => void (status = value);
  const program = new Command('diskwright')
    .description('Clone, inspect and edit disks by plans that can be read, simulated and trusted.')
    .version(process.env['DISKWRIGHT_VERSION'] ?? '0.1.0', '-V, --version', 'print the version')
    .option('--json', 'machine output: one JSON document, or one a line')
    .option('--verbose', 'more in messages, stack traces in errors')
    .option('--inspect-plugin <id>', 'let a plugin wait for a debugger, at an address that is told')
    .option('--no-plugins', 'the safe mode: only the plugins that come with Diskwright, as they came')
    .option(
      '--password-file <file>',
      'the passphrase of encrypted containers: a file whose first line it is, or a key file, - for the first line of standard input',
    )
    .option('--without <plugins>', 'leave plugins out this time: ids with commas between them')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'Print the help of a command')
    .configureHelp({ showGlobalOptions: true, subcommandTerm })
    .configureOutput({ outputError: (text, write) => write(printableLines(text.replace(/^error: /, 'diskwright: '))) })
    .showHelpAfterError('  --help shows what there is.')
    .addHelpText('after', HELP_END)
    .exitOverride()
    .hook('preAction', () => {
      const options = program.opts<{ json?: boolean; verbose?: boolean }>();
      application.json = options.json ?? false;
      application.verbose = options.verbose ?? false;
    });
  registerStart(program, application);
  registerDevices(program, application);
  registerInspect(program, application);
  registerSectors(program, application);
  registerOwner(program, application);
  registerSearch(program, application);
  registerExport(program, application);
  registerPlan(program, application, exit);
  registerJobs(program, application, exit);
  registerPlugin(program, application, exit);
  registerCall(program, application, exit);
  // Its processes take longest to start: they may begin before the arguments are looked at closely.
  startAhead(application, argv);
  const registry = await application.registry();
  const commands = registry.commands().map(({ plugin, contribution }) => ({
    contribution,
    asksFirst: registry.builtIn(plugin.id)?.plugin?.folder !== plugin.folder,
  }));
  registerContributed(program, application, commands, exit);

  try {
    await program.parseAsync(joinRetryCount(argv), { from: 'user' });
    await application.output.flush();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitStatus.Done : ExitStatus.WrongUse;
    application.message(describeError(error, program.opts<{ verbose?: boolean }>().verbose ?? false));
    return exitStatusOf(error);
  } finally {
    await application.dispose();
  }
  return status;
}

/** Those of the core; commands of plugins say it themselves. */
const LOOKS_AT_DEVICES = ['layout', 'info', 'allocation', 'owner'];
/** The workbench has a host of its own. */
const NEEDS_NO_HOST = ['help', 'start'];
/** Subcommands of `plugin` that need no host, or one of their own. */
const FOR_AUTHORS = ['new', 'pack', 'test', 'dev'];

/** Starts what a command line looks like needing, rather than help or the text of a file. */
function startAhead(application: Application, argv: string[]): void {
  if (argv.some((argument) => ['-h', '--help', '-V', '--version'].includes(argument))) return;
  const words = argv.filter((argument) => !argument.startsWith('-'));
  const [word, next] = words;
  if (word === undefined || NEEDS_NO_HOST.includes(word) || (word === 'plan' && next === 'show')) return;
  if (word === 'plugin' && FOR_AUTHORS.includes(next ?? '')) return;
  const opensDevices = LOOKS_AT_DEVICES.includes(word) || (word === 'plan' && next === 'simulate');
  application.host({ words, opensDevices }).catch(() => undefined);
}

/** Plugins are looked for before the command line is understood, as it depends on them. */
function pluginChoice(argv: string[]): PluginChoice {
  const options = argv.slice(0, endOfOptions(argv));
  const without = options.flatMap((argument) => /^--without=(.+)$/.exec(argument)?.[1]?.split(',') ?? []);
  return { builtInsOnly: options.includes('--no-plugins'), without };
}

/** The word of an option that is needed before the command line is understood; null without the option. */
const wordOf = (argv: string[], option: string): string | null =>
  argv
    .slice(0, endOfOptions(argv))
    .find((argument) => argument.startsWith(`${option}=`))
    ?.slice(option.length + 1) ?? null;

/** Options of all commands that take a word, and those that take none. */
const GLOBAL_WORDS = ['--without', '--inspect-plugin', '--password-file'];
const GLOBAL_FLAGS = ['--json', '--verbose', '--no-plugins'];

/** The options of all commands may stand anywhere: they are moved to the front, up to a `--`. */
function hoistGlobalOptions(given: string[]): string[] {
  const argv = GLOBAL_WORDS.reduce(joinWord, given);
  const end = endOfOptions(argv);
  const isGlobal = (argument: string, index: number): boolean =>
    index < end && (GLOBAL_FLAGS.includes(argument) || GLOBAL_WORDS.some((option) => argument.startsWith(`${option}=`)));
  return [...argv.filter(isGlobal), ...argv.filter((argument, index) => !isGlobal(argument, index))];
}

/** `--option word` as `--option=word`. */
function joinWord(argv: string[], option: string): string[] {
  const at = argv.findIndex((argument, index) => argument === option && index + 1 < endOfOptions(argv));
  return at < 0 ? argv : argv.toSpliced(at, 2, `${option}=${argv[at + 1]}`);
}

const endOfOptions = (argv: string[]): number => (argv.includes('--') ? argv.indexOf('--') : argv.length);

void run(hoistGlobalOptions(process.argv.slice(2))).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`${describeError(error, true)}\n`);
    process.exitCode = ExitStatus.Failed;
  },
);
