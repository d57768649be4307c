import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LAUNCHER_REFUSED } from '../../core/src/host/sandbox';
import { hostUid, launcherArguments, ordinarySetting, runByRoot, settings, startPlugin, TestGround } from './sandbox';

/** What the launcher says to these arguments, started by an ordinary user. */
function launch(ground: TestGround, args: string[]): { status: number | null; stderr: string } {
  const uid = hostUid('user');
  const stdio = ['ignore', 'ignore', 'pipe', 'ignore', 'ignore', 'pipe'] as const;
  return spawnSync(ground.launcher, args, { stdio: [...stdio], encoding: 'utf8', uid, gid: uid });
}

describe('the launcher refuses', () => {
  const mistakes: [string, (args: string[]) => string[], RegExp][] = [
    ['an unknown option', (args) => ['--trust-me', 'yes', ...args], /unknown option --trust-me/],
    ['a number that is none', (args) => ['--memory', 'much', ...args], /--memory needs a whole number/],
    ['a relative path', (args) => ['--read', 'plugins', ...args], /absolute path/],
    ['a start without a program', (args) => args.slice(0, args.indexOf('--') + 1), /usage/],
    ['a folder that does not exist', (args) => ['--read', '/nonexistent', ...args], /\/nonexistent.*No such file/],
    [
      'another parent than the host',
      (args) => [...args.slice(0, args.indexOf('--')), '--parent', '1', ...args.slice(args.indexOf('--'))],
      /host/,
    ],
    ['a uid of its own without root', (args) => ['--uid', '60800', '--gid', '60800', ...args], /need root/],
  ];

  it.each(mistakes)('%s', (_, change, message) => {
    const ground = new TestGround(onTestFinished);
    const { args } = launcherArguments(ordinarySetting, ground.makePlugin('user', ''));
    const { status, stderr } = launch(ground, change(args));
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(status).toBe(LAUNCHER_REFUSED);
  });

  it('a bundle that leads out of the folder of the plugin', async () => {
    const ground = new TestGround(onTestFinished);
    const { pluginFolder } = ground.makePlugin('user', '');
    writeFileSync(ground.path('elsewhere.cjs'), '');
    symlinkSync(ground.path('elsewhere.cjs'), `${pluginFolder}/link.cjs`);
    const plugin = startPlugin(ground, ordinarySetting, { pluginFolder, mainFile: 'link.cjs' });
    expect(await plugin.ended).toBe(LAUNCHER_REFUSED);
    expect(await plugin.errors).toMatch(/outside the plugin's folder/);
  });

  it('a bundle that is no file', async () => {
    const ground = new TestGround(onTestFinished);
    const { pluginFolder } = ground.makePlugin('user', '');
    mkdirSync(`${pluginFolder}/folder`, { mode: 0o755 });
    const plugin = startPlugin(ground, ordinarySetting, { pluginFolder, mainFile: 'folder' });
    expect(await plugin.errors).toMatch(/not a regular file/);
  });

  it.skipIf(!runByRoot)('to run a plugin as root', async () => {
    const ground = new TestGround(onTestFinished);
    const bundle = ground.makePlugin('root', '');
    const { args } = launcherArguments(settings[0]!, bundle);
    args[args.indexOf('--uid') + 1] = '0';
    const { stderr } = spawnSync(ground.launcher, args, { encoding: 'utf8' });
    expect(stderr).toMatch(/ordinary user/);
  });
});
