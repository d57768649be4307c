import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { atSuiteEnd, runByRoot, settings, startPlugin, TestGround, type Setting } from './sandbox';
import { makeTargets, type Targets } from './targets';

const probeFile = new URL('./probe/attempts.cjs', import.meta.url);
const probe = createRequire(import.meta.url)('./probe/attempts.cjs') as { attemptsOn(targets: object): Record<string, unknown> };
const attempts = Object.keys(probe.attemptsOn({}));

/** A plugin that makes all attempts and prints what came of them. */
function hostilePlugin(targets: Targets): string {
  const report = `exports.makeAttempts(${JSON.stringify(targets)}).then((results) => { console.log(JSON.stringify(results)); process.exit(); });`;
  return `${readFileSync(probeFile, 'utf8')}\n${report}`;
}

async function attemptAll(ground: TestGround, setting: Setting): Promise<Record<string, string>> {
  const targets = await makeTargets(ground, setting);
  const descriptors = { [targets.inheritedDescriptor]: targets.inheritedFile };
  const plugin = startPlugin(ground, setting, { ...ground.makePlugin(setting.identity, hostilePlugin(targets)), descriptors });
  await plugin.ended;
  const output = await plugin.output;
  if (output === '') throw new Error(await plugin.errors);
  return JSON.parse(output) as Record<string, string>;
}

describe.each(settings)('a hostile plugin ($name)', (setting) => {
  const atEnd = atSuiteEnd();
  let results: Record<string, string> = {};
  beforeAll(async () => {
    results = await attemptAll(new TestGround(atEnd), setting);
  });

  it.each(attempts)('cannot %s', (attempt) => {
    expect(results[attempt]).toMatch(/^(EPERM|EACCES|ENOENT|EBADF|ERR_ACCESS_DENIED)$/);
  });
});

describe('the attempts themselves', () => {
  // Devices may be missing, or closed even to root.
  const uncertain = /disk|loop|memory of the machine|device node|inherited/;

  it.skipIf(!runByRoot)('succeed without the sandbox', async () => {
    const ground = new TestGround(onTestFinished);
    ground.makePlugin('root', '');
    const source = hostilePlugin(await makeTargets(ground, settings[0]!));
    const { stdout } = await promisify(execFile)(process.execPath, ['--eval', source]);
    const results = Object.entries(JSON.parse(stdout) as Record<string, string>);
    expect(results.filter(([name, result]) => result !== 'allowed' && !uncertain.test(name))).toEqual([]);
  });
});
