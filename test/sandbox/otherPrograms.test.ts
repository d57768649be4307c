/** A plugin in another language, in the same sandbox: Python from its package's folder, in every setting. */
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pluginProgram } from '../../core/src/host/plugins/pluginProgram';
import { hostUid, type Setting, settings, startPlugin, TestGround } from './sandbox';

/** What it says of each attempt, a line each; it imports a module that lies beside it. */
const PROGRAM = `
import os, socket, sys
from beside import NAME
def tried(name, action):
    try:
        action()
        print(name, "worked")
    except OSError as error:
        print(name, "refused")
print("module", NAME)
print("variable", os.environ.get("DISKWRIGHT_PLUGIN"), sorted(os.environ))
tried("read", lambda: open("/etc/passwd").read())
tried("write", lambda: open("file", "w"))
tried("connect", lambda: socket.socket())
tried("fork", os.fork)
tried("run", lambda: os.posix_spawn("/usr/bin/true", ["true"], {}))
sys.stdout.flush()
`;

function makePython(ground: TestGround, identity: Setting['identity']): string {
  const { pluginFolder, mainFile } = ground.makePlugin(identity, '');
  const files = { 'plugin.py': PROGRAM, 'beside.py': 'NAME = "found"' };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(pluginFolder, name), text, { mode: 0o644 });
    const uid = hostUid(identity);
    if (uid !== undefined) chownSync(join(pluginFolder, name), uid, uid);
  }
  // As the store has it: open itself, below a folder that is closed.
  if (identity === 'root') chmodSync(pluginFolder, 0o755);
  chmodSync(mainFile, 0o600);
  return pluginFolder;
}

describe.each(settings)('$name', (setting) => {
  it('runs from its own folder, and reaches nothing else', async () => {
    const ground = new TestGround(onTestFinished);
    const pluginFolder = makePython(ground, setting.identity);
    if (setting.identity === 'root') chmodSync(ground.folder, 0o700);
    const otherProgram = pluginProgram(pluginFolder, ['python3', './plugin.py']);
    const plugin = startPlugin(ground, setting, { pluginFolder, mainFile: 'plugin.py', otherProgram });
    expect(await plugin.ended, await plugin.errors).toBe(0);
    const { namespaces, landlock } = await plugin.report;
    // Where neither is to be had, the report says that files are not confined.
    const read = namespaces || landlock.used > 0 ? 'refused' : 'worked';
    expect((await plugin.output).trim().split('\n')).toEqual([
      'module found',
      expect.stringMatching(/^variable 1 /),
      `read ${read}`,
      'write refused',
      'connect refused',
      'fork refused',
      'run refused',
    ]);
  });
});
