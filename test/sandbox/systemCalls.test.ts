import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { atSuiteEnd, hostUid, ordinarySetting, settings, startPlugin, TestGround, type Setting } from './sandbox';
import { makeTargets } from './targets';

/** What each attempt of `probe/systemCalls.c` has to meet. Where a filesystem of its own hides files, they do not exist. */
const expected: Record<string, string | RegExp> = {
  fork: 'EPERM',
  clone3: 'ENOSYS',
  'clone into a user namespace': 'EPERM',
  execve: 'EPERM',
  execveat: 'EPERM',
  "take the program's descriptor number": 'EBADF',
  'raise the limit of descriptors': 'EPERM',
  'TCP socket': 'EPERM',
  'UDP socket': 'EPERM',
  'unix socket': 'EPERM',
  'netlink socket': 'EPERM',
  'datagram socket pair': 'EPERM',
  'send to an address': 'EPERM',
  ptrace: 'EPERM',
  process_vm_readv: 'EPERM',
  "open another's memory": /EACCES|ENOENT/,
  kill: 'EPERM',
  'kill everybody': 'EPERM',
  tgkill: 'EPERM',
  pidfd_open: 'EPERM',
  F_SETOWN: 'EPERM',
  F_SETSIG: 'EPERM',
  'limit another process': 'EPERM',
  'move another process to a processor': 'EPERM',
  'outlive the host': 'EPERM',
  'open a file elsewhere': /EACCES|ENOENT/,
  'list a folder elsewhere': /EACCES|ENOENT/,
  'write a file elsewhere': 'EACCES',
  'open a device': /EACCES|ENOENT/,
  openat2: 'ENOSYS',
  'truncate by O_RDONLY|O_TRUNC': 'EACCES',
  truncate: 'EPERM',
  chmod: 'EPERM',
  'change times': 'EPERM',
  'set an attribute': 'EPERM',
  unlink: 'EPERM',
  inotify: 'EPERM',
  name_to_handle_at: 'EPERM',
  memfd_create: 'EPERM',
  'System V shared memory': 'EPERM',
  io_uring: 'EPERM',
  keyctl: 'EPERM',
  userfaultfd: 'EPERM',
  personality: 'EPERM',
  bpf: 'EPERM',
  mount: 'EPERM',
  'unshare a user namespace': 'EPERM',
  chroot: 'EPERM',
  'become root': /EPERM|EINVAL/,
  'a system call of the future': 'ENOSYS',
};

/** Allowed to an ordinary process whatever the kernel's version and settings. */
const ordinary = `fork clone3 TCP UDP unix datagram send kill tgkill F_SETOWN F_SETSIG outlive open\\b list write truncate chmod
  times unlink inotify memfd_create shared`;

function compileProbe(ground: TestGround): string {
  const program = ground.path('probe');
  execFileSync('cc', ['-O1', '-o', program, fileURLToPath(new URL('./probe/systemCalls.c', import.meta.url))]);
  return program;
}

async function probeArguments(ground: TestGround, setting: Setting): Promise<string[]> {
  const { victim, ownFile, publicFile, openFolder } = await makeTargets(ground, setting);
  return [String(victim), ownFile, publicFile, openFolder];
}

function parseResults(output: string): Record<string, string> {
  return Object.fromEntries(
    output
      .trimEnd()
      .split('\n')
      .map((line) => line.split(': ') as [string, string]),
  );
}

describe.each(settings.filter(({ permissionModel }) => permissionModel !== false))(
  'a hostile native program ($name)',
  (setting) => {
    const atEnd = atSuiteEnd();
    let results: Record<string, string> = {};
    beforeAll(async () => {
      const ground = new TestGround(atEnd);
      const bundle = ground.makePlugin(setting.identity, '');
      const program = [compileProbe(ground), ...(await probeArguments(ground, setting))];
      const plugin = startPlugin(ground, setting, { ...bundle, program });
      if ((await plugin.ended) !== 0) throw new Error(await plugin.errors);
      results = parseResults(await plugin.output);
    });

    it.each(Object.entries(expected))('is refused %s', (name, error) => {
      expect(results[name]).toMatch(error);
    });
  },
);

describe('a call of the 32-bit interface', () => {
  it.skipIf(process.arch !== 'x64')('ends the process', async () => {
    const ground = new TestGround(onTestFinished);
    const program = [compileProbe(ground), 'foreign'];
    const plugin = startPlugin(ground, ordinarySetting, { ...ground.makePlugin('user', ''), program });
    // A kernel without that interface ends it as well, by another signal.
    expect(await plugin.ended).toMatch(/^SIG(SYS|SEGV)$/);
  });
});

describe('the system calls themselves', () => {
  it('are allowed without the sandbox', async () => {
    const ground = new TestGround(onTestFinished);
    ground.makePlugin('user', '');
    const uid = hostUid('user');
    const args = await probeArguments(ground, ordinarySetting);
    const { stdout } = await promisify(execFile)(compileProbe(ground), args, { uid, gid: uid });
    const names = new RegExp(ordinary.split(/\s+/).join('|'));
    const refused = Object.entries(parseResults(stdout)).filter(([name, result]) => names.test(name) && result !== 'ok');
    expect(refused).toEqual([]);
  });
});
