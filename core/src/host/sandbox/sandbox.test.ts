import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { codeCacheFile } from './codeCache';
import { describeSandbox } from './describeSandbox';
import { heapFlag, LEAST_PLUGIN_MEMORY } from './memory';
import { pluginUid } from './pluginIdentity';
import { sandboxCommand } from './sandboxCommand';
import { parseSandboxReport, type SandboxReport } from './sandboxReport';

const MEMORY = 512 * 1024 * 1024;
const report: SandboxReport = {
  landlock: { abi: 7, used: 7 },
  seccomp: true,
  uid: 60800,
  namespaces: false,
  permissionModel: false,
  memoryLimit: MEMORY,
  missing: [],
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'sandbox-'));
  mkdirSync(join(folder, 'plugin'));
  writeFileSync(join(folder, 'plugin', 'main.cjs'), '0');
  writeFileSync(join(folder, 'diskwright-launcher'), '');
  vi.stubEnv('DISKWRIGHT_NATIVE', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const request = () => ({ pluginFolder: join(folder, 'plugin'), mainFile: 'main.cjs', pluginId: 'a.b', memoryBytes: MEMORY });
const valueOf = (args: string[], name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);

describe('sandboxCommand', () => {
  it('gives a plugin an identity of its own as root', () => {
    vi.spyOn(process, 'geteuid').mockReturnValue(0);
    const { args, uid } = sandboxCommand(request());
    expect([uid, valueOf(args, '--uid'), valueOf(args, '--gid')]).toEqual([pluginUid('a.b'), String(uid), String(uid)]);
  });

  it('leaves the identity as it is for an ordinary user', () => {
    vi.spyOn(process, 'geteuid').mockReturnValue(1000);
    const { args, uid } = sandboxCommand(request());
    expect([uid, valueOf(args, '--uid')]).toEqual([null, undefined]);
  });

  it('finds the bundle in the folder of the plugin', () => {
    expect(valueOf(sandboxCommand(request()).args, '--main')).toBe(join(folder, 'plugin', 'main.cjs'));
  });

  it('passes nothing of the environment on', () => {
    vi.stubEnv('SECRET', 'x');
    vi.stubEnv('TZ', 'Europe/Berlin');
    expect(sandboxCommand(request()).env).toEqual({
      OPENSSL_CONF: '/dev/null',
      LANG: 'C.UTF-8',
      TZ: 'Europe/Berlin',
      DISKWRIGHT_MEMORY_BYTES: String(Math.floor(MEMORY * 0.9)),
    });
  });

  it('masks Landlock as DISKWRIGHT_LANDLOCK_ABI says', () => {
    vi.stubEnv('DISKWRIGHT_LANDLOCK_ABI', '2');
    expect(valueOf(sandboxCommand(request()).args, '--landlock-abi')).toBe('2');
  });

  it('refuses a mask that is no number', () => {
    vi.stubEnv('DISKWRIGHT_LANDLOCK_ABI', 'none');
    expect(() => sandboxCommand(request())).toThrow(/DISKWRIGHT_LANDLOCK_ABI is "none"/);
  });

  it('names the launcher that is missing', () => {
    vi.stubEnv('DISKWRIGHT_NATIVE', '/nonexistent');
    expect(() => sandboxCommand(request())).toThrow('/nonexistent/diskwright-launcher');
  });
});

describe('pluginUid', () => {
  it('is the same each time, and nobody else’s', () => {
    const uids = Array.from({ length: 1000 }, (_, index) => pluginUid(`plugin-${index}`));
    expect(uids).toEqual(Array.from({ length: 1000 }, (_, index) => pluginUid(`plugin-${index}`)));
    expect([Math.min(...uids) >= 60706, Math.max(...uids) <= 61183]).toEqual([true, true]);
  });
});

describe('heapFlag', () => {
  it('leaves room for buffers', () => {
    expect(heapFlag(MEMORY)).toBe('--max-old-space-size=268');
  });

  it('refuses less memory than Node needs', () => {
    expect(() => heapFlag(LEAST_PLUGIN_MEMORY - 1)).toThrow(/cannot work/);
  });
});

describe('codeCacheFile', () => {
  it('changes with the code', () => {
    const mainFile = join(folder, 'plugin', 'main.cjs');
    const first = codeCacheFile([folder], mainFile);
    writeFileSync(mainFile, '1');
    expect(codeCacheFile([folder], mainFile)).not.toBe(first);
  });
});

describe('the folder of a code cache', () => {
  it('is the first that can be written, or the one that has it', () => {
    const mainFile = join(folder, 'plugin', 'main.cjs');
    const [none, one, other] = ['/proc/none', join(folder, 'one'), join(folder, 'other')];
    const fresh = codeCacheFile([none, one, other], mainFile)!;
    expect(dirname(fresh)).toBe(one);
    mkdirSync(other);
    writeFileSync(join(other, basename(fresh)), '');
    expect(dirname(codeCacheFile([none, one, other], mainFile)!)).toBe(other);
    expect(codeCacheFile([none], mainFile)).toBeUndefined();
  });
});

describe('parseSandboxReport', () => {
  it('reads what the launcher writes', () => {
    expect(parseSandboxReport(`${JSON.stringify(report)}\n`)).toEqual(report);
  });

  it.each(['', '{', 'null', '{}', JSON.stringify({ ...report, landlock: 7 }), JSON.stringify({ ...report, missing: [1] })])(
    'refuses %s',
    (text) => {
      expect(() => parseSandboxReport(text)).toThrow(/did not say/);
    },
  );
});

describe('describeSandbox', () => {
  it('says what protects', () => {
    expect(describeSandbox(report)).toEqual([
      'It runs as user 60800, an identity of its own without any right.',
      'Landlock (ABI 7) lets it read its own folder and the runtime, and write nothing.',
      'A filter of system calls refuses it connections, other programs, other processes and any change to files.',
      'It may use 512 MiB of memory, and ends with Diskwright.',
    ]);
  });

  it('says what is missing', () => {
    const poor = {
      ...report,
      landlock: { abi: 0, used: 0 },
      seccomp: false,
      uid: null,
      permissionModel: true,
      missing: ['No Landlock.'],
    };
    expect(describeSandbox(poor)).toEqual([
      'It runs as the user who started Diskwright, without any special right.',
      'The permission model of Node refuses it files outside its folder.',
      'It may use 512 MiB of memory, and ends with Diskwright.',
      'Missing: No Landlock.',
    ]);
  });
});
