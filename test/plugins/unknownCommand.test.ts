/** A command that nothing in Diskwright knows of: the same plan from a form, the command line and JSON; its secret is to be read nowhere. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CommandContribution, CommandInput } from '@diskwright/sdk/protocol';
import { encodePlan } from '../../core/src/common/plan';
import type { Host } from '../../core/src/host/host';
import { linkPlugin } from '../../core/src/host/plugins/linkedPlugins';
import { draftOf, inputOf } from '../../core/src/workbench/wizards/draft';
import { formFields } from '../../core/src/workbench/wizards/formFields';
import { cli, type CliOptions, cliJson } from '../support/cli';
import { hostHere } from '../support/hostHere';
import { onTerminal } from '../support/onTerminal';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { filesWith, shownByProcesses } from '../support/readableWords';
import { sealCommand, sealPackage } from '../support/sealPlugin';
import { requireTool } from '../support/tools';
import { unpackPlugin } from '../support/vendorFolder';

const SECRET = 'open "sesame" 4711';
const SLOTS = [{ name: 'first' }, { name: 'second', weight: 7, spare: true }];
const slotWords = SLOTS.map((slot) => JSON.stringify(slot));

interface Ground {
  options: CliOptions;
  target: string;
  secretFile: string;
  planFile: string;
  /** That were started here. */
  hosts: Host[];
}

async function ground(): Promise<Ground> {
  const scratch = await scratchFolder();
  const options = { home: join(scratch, 'home'), cwd: scratch };
  await mkdir(options.home, { mode: 0o700 });
  const [target, secretFile] = [join(scratch, 'disk.img'), join(scratch, 'secret')];
  await makeImage(target, 4 * MIB);
  await writeFile(secretFile, `${SECRET}\n`);
  expect(await cli(['plugin', 'install', await sealPackage(scratch)], options)).toMatchObject({ status: 0 });
  return { options, target, secretFile, planFile: join(scratch, 'seal.plan'), hosts: [] };
}

/** As the page does: what is typed, then judged, then run with what was proposed. */
async function fromForm({ options, target, hosts }: Ground, typed: Record<string, string | string[]>): Promise<string> {
  const host = await hostHere(options.home);
  hosts.push(host);
  const fields = formFields(sealCommand as unknown as CommandContribution);
  const draft = { ...draftOf(fields, { target }), ...typed };
  const { defaults, errors, commandLine } = await host.commands.resolve('vendor.seal', inputOf(fields, draft));
  expect(errors).toEqual([]);
  expect(commandLine).not.toContain('sesame');
  const outcome = await host.commands.execute('vendor.seal', inputOf(fields, draft, defaults), {
    ask: async () => undefined,
  });
  if (outcome.kind !== 'plan') throw new Error(`it answered a ${outcome.kind}`);
  return encodePlan(outcome.plan).digest;
}

test('form, command line and JSON make the same plan, with what the others depend on filled in', async () => {
  const here = await ground();
  const { options, target, secretFile, planFile } = here;
  const byForm = await fromForm(here, { family: 'stream', slots: slotWords, passphrase: SECRET });

  const words = ['seal', target, '--family', 'stream', '--slots', ...slotWords, '--passphrase-file', secretFile];
  const byWords = await cliJson<{ digest: string }>([...words, '--plan', planFile, '--yes'], options);

  const input = JSON.stringify({ target, family: 'stream', slots: SLOTS, passphrase: SECRET } satisfies CommandInput);
  const call = ['call', 'vendor.seal', '--input', '-', '--plan', `${planFile}2`, '--yes'];
  const byJson = await cliJson<{ digest: string }>(call, { ...options, input });
  expect([byWords.digest, byJson.digest]).toEqual([byForm, byForm]);

  const { command } = JSON.parse(await readFile(planFile, 'utf8')) as { command: { input: CommandInput } };
  expect(command.input).toEqual({
    target,
    family: 'stream',
    cipher: 'chacha',
    rounds: 20,
    slots: [
      { name: 'first', weight: 3, spare: false },
      { name: 'second', weight: 7, spare: true },
    ],
  });
});

test('the secret stands in no process, log, trace, plan, job or file of Diskwright, though the plugin writes it down', async () => {
  const { options, target, secretFile } = await ground();
  const linked = join(options.cwd!, 'linked');
  await unpackPlugin(join(options.cwd!, 'seal.tgz'), linked);
  // As "plugin dev" does, so that all messages are traced.
  const { traceFile, dispose } = await linkPlugin(options.home, 'vendor.seal', linked);
  onTestFinished(dispose);
  const run = cli(['seal', target, '--passphrase-file', secretFile, '--yes'], options);
  expect(await shownByProcesses('sesame', run)).toEqual([]);
  const { status, stdout, stderr } = await run;
  expect(status, stderr).toBe(0);
  expect(stdout + stderr).not.toContain('sesame');
  const trace = await readFile(traceFile, 'utf8');
  expect(trace).toMatch(/command\/execute.*•••/);
  expect(trace).toMatch(/log\/write.*sealing with •••/);
  expect(await filesWith(options.home, 'sesame')).toEqual([]);
});

test('a log that is kept of a plugin masks the secrets that it was given', async () => {
  const here = await ground();
  await fromForm(here, { passphrase: SECRET });
  const [host] = here.hosts;
  const log = (): string[] => host!.plugins.supervisor.log('vendor.seal').map(({ text }) => text);
  await expect.poll(log).toContain('again: {"passphrase":"•••"}');
  expect(log()).toContain('sealing with •••');
  expect(log().join('\n')).not.toContain('sesame');
});

test('on a terminal the secret is asked for, and not shown', async () => {
  requireTool('script');
  const { options, target, planFile } = await ground();
  const words = ['seal', target, '--plan', planFile, '--yes'];
  const { status, shown } = await onTerminal(words, options.home, `${SECRET}\r`, 'Passphrase: ');
  expect(status, shown).toBe(0);
  expect(shown).not.toContain('sesame');
  const wanted = JSON.stringify({ target, passphrase: SECRET });
  const call = ['call', 'vendor.seal', '--input', '-', '--plan', `${planFile}2`, '--yes'];
  await cliJson(call, { ...options, input: wanted });
  expect(await readFile(`${planFile}2`)).toEqual(await readFile(planFile));
});

const wrong: [string, object, RegExp][] = [
  ['a choice that goes with another value', { family: 'stream', cipher: 'aes' }, /cipher: is "aes", not one of chacha/],
  [
    'an error of its own',
    { slots: [1, 2, 3, 4].map((n) => ({ name: `${n}` })) },
    /slots: has 4 items, and there are three slots/,
  ],
  [
    'an item that is not right',
    { slots: [{ name: 'a' }, { name: 'b', weight: 10 }] },
    /slots: item 2: weight: is 10, more than 9/,
  ],
  ['an item that lacks something', { slots: [{ weight: 2 }] }, /slots: item 1: name: name is needed/],
];

test.each(wrong)('form, command line and JSON are told of %s', async (_, given, message) => {
  const { options, target, secretFile } = await ground();
  const input = { target, ...given, passphrase: SECRET };
  const host = await hostHere(options.home);
  const { errors } = await host.commands.resolve('vendor.seal', input);
  expect(errors.map((error) => `${error.field}: ${error.message}`).join('\n')).toMatch(message);

  const byJson = await cli(['call', 'vendor.seal', '--input', '-', '--yes', '--simulate'], {
    ...options,
    input: JSON.stringify(input),
  });
  const options_ = Object.entries(given).flatMap(([field, value]) =>
    Array.isArray(value) ? [`--${field}`, ...value.map((item) => JSON.stringify(item))] : [`--${field}`, String(value)],
  );
  const byWords = await cli(['seal', target, '--passphrase-file', secretFile, '--yes', '--simulate', ...options_], options);
  for (const { status, stderr } of [byJson, byWords]) {
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  }
});

test('help says how a secret, a list and a choice are given; nobody to ask is an error that says so', async () => {
  const { options, target } = await ground();
  const { stdout } = await cli(['seal', '--help'], options);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('--passphrase-file <file>');
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('each as {"name": …, "weight": …, "spare": …}');
  const { status, stderr } = await cli(['seal', target, '--yes'], options);
  expect(stderr).toContain('--passphrase-file FILE');
  expect(status).toBe(2);
});
