import { describe, expect, it, onTestFinished } from 'vitest';
import { describeSandbox, type SandboxReport } from '../../core/src/host/sandbox';
import { pluginUid } from '../../core/src/host/sandbox/pluginIdentity';
import { settings, startPlugin, TestGround, type Setting } from './sandbox';

/** The newest ABI that the launcher makes use of. */
const NEWEST_ABI = 7;

async function reportOf(setting: Setting, launcherOptions: string[] = []): Promise<SandboxReport> {
  const ground = new TestGround(onTestFinished);
  const plugin = startPlugin(ground, setting, { ...ground.makePlugin(setting.identity, ''), launcherOptions });
  expect([await plugin.ended, await plugin.errors]).toEqual([0, '']);
  return plugin.report;
}

const inAll = settings.filter(({ permissionModel }) => permissionModel !== false);
const withAbi = (abi: number | undefined): Setting[] => inAll.filter(({ landlockAbi }) => landlockAbi === abi);

describe('the report', () => {
  it.each(inAll)('names identity, filter and memory ($name)', async (setting) => {
    const uid = setting.identity === 'root' ? pluginUid('test-plugin') : null;
    expect(await reportOf(setting)).toMatchObject({ seccomp: true, uid, memoryLimit: 512 * 1024 * 1024 });
  });

  it.each(withAbi(undefined))('names the Landlock ABI in use ($name)', async (setting) => {
    const { landlock, namespaces, permissionModel } = await reportOf(setting);
    expect(landlock.used).toBe(Math.min(landlock.abi, NEWEST_ABI));
    expect([namespaces, permissionModel]).toEqual([false, false]);
  });

  it.each(withAbi(2))('names what Landlock ABI 2 lacks ($name)', async (setting) => {
    const { landlock, missing } = await reportOf(setting);
    expect(landlock.used).toBe(2);
    for (const word of ['truncated', 'TCP', 'ioctl', 'signals']) expect(missing.join()).toContain(word);
  });

  it.each(withAbi(0))('names what stands in for Landlock ($name)', async (setting) => {
    const report = await reportOf(setting);
    expect(report).toMatchObject({ landlock: { used: 0 }, namespaces: true, permissionModel: true });
    expect(report.missing).toEqual([
      "Landlock is not available on this system; a filesystem of the plugin's own stands in for it.",
    ]);
  });

  it.each(withAbi(0))('names what is open without Landlock and without namespaces ($name)', async (setting) => {
    const report = await reportOf(setting, ['--without-namespaces']);
    expect(report).toMatchObject({ namespaces: false, permissionModel: true });
    expect(report.missing.join()).toMatch(/does not restrict which files.*sees the real filesystem/);
    expect(report.missing.some((sentence) => sentence.includes('every file that the user'))).toBe(setting.identity === 'user');
  });

  it('is told to people with what is missing at the end', async () => {
    const sentences = describeSandbox(await reportOf(withAbi(0)[0]!));
    expect(sentences.at(-1)).toMatch(/^Missing: Landlock/);
  });
});
