import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runPython, toolsMissing } from '@diskwright/sdk/testing';
import { BtrfsImage, btrfsTools } from '../testing/btrfsImage';
import { openImage, signal } from '../testing/openImage';

const cannotMount = toolsMissing(...btrfsTools, 'python3') || process.getuid?.() !== 0;

/** Sets attributes of many lengths, names that share a hash bucket or are no text, and access lists. */
const SET = `
import os, struct, sys
few, many = (os.path.join(sys.argv[1], name) for name in ('few', 'many'))
os.setxattr(few, 'user.short', b'value')
os.setxattr(few, 'user.empty', b'')
os.setxattr(few, 'security.selinux', b'context')
os.setxattr(few, 'user.\\xfcml\\xe4ut', bytes([0, 255]))
for number in range(900): os.setxattr(many, 'user.attribute %d' % number, b'v' * (number % 200))
os.setxattr(many, 'trusted.large', bytes(range(256)) * 12)
acl = [(1, 6, -1), (2, 6, 1234), (4, 4, -1), (8, 4, 77), (16, 6, -1), (32, 4, -1)]
value = struct.pack('<I', 2) + b''.join(struct.pack('<HHi', *entry) for entry in acl)
os.setxattr(few, 'system.posix_acl_access', value)
os.setxattr(os.path.join(sys.argv[1], 'folder'), 'system.posix_acl_default', value)
`;
/** Prints all attributes of a file. */
const LIST = `
import os, sys, json
print(json.dumps({name: os.getxattr(sys.argv[1], name).hex() for name in os.listxattr(sys.argv[1])}))
`;

describe.skipIf(cannotMount)('extended attributes', () => {
  test('are those that the kernel lists', async () => {
    const image = new BtrfsImage();
    onTestFinished(() => image.remove());
    const names = ['few', 'many', 'none', 'folder'];
    image.format(300 * 1024 * 1024, []).mounted((folder) => {
      for (const name of names.slice(0, 3)) writeFileSync(join(folder, name), 'content');
      mkdirSync(join(folder, 'folder'));
      runPython(SET, folder);
    });
    const expected = new Map<string, Record<string, string>>();
    image.mounted((folder) => {
      for (const name of names) expected.set(name, JSON.parse(runPython(LIST, join(folder, name))) as never);
    }, 'loop,ro');
    const filesystem = await openImage(image.path);
    for (const [name, attributes] of expected) {
      const { node } = (await filesystem.files!.lookup!(`/${name}`, signal))!;
      const streams = await filesystem.files!.streams!(node, signal);
      const found = Object.fromEntries(streams.map((stream) => [stream.name, stream.value!.toString('hex')]));
      expect([name, found]).toEqual([name, attributes]);
      expect((await filesystem.files!.stat!(node, signal)).metadata!.hasStreams).toBe(streams.length > 0);
    }
  });
});
