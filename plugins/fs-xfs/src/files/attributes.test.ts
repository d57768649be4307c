import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runPython, toolsMissing } from '@diskwright/sdk/testing';
import { openImage, signal } from '../testing/openImage';
import { XfsImage, xfsTools } from '../testing/xfsImage';

const mebibyte = 1024 * 1024;
const cannotMount = toolsMissing(...xfsTools, 'python3') || process.getuid?.() !== 0;

/** Sets attributes in the inode, in a block, in a tree of blocks, and with values in blocks of their own. */
const SET = `
import os, struct, sys
few, many, large = (os.path.join(sys.argv[1], name) for name in ('few', 'many', 'large'))
os.setxattr(few, 'user.short', b'value')
os.setxattr(few, 'security.selinux', b'context')
os.setxattr(few, 'user.\\xfcml\\xe4ut', bytes([0, 255]))
for number in range(int(sys.argv[2])): os.setxattr(many, 'user.attribute %d' % number, b'v' * (number % 200))
os.setxattr(large, 'trusted.large', bytes(range(256)) * 256)
os.setxattr(large, 'user.middle', b'm' * 5000)
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
  test.each([
    ['as it comes', [], 900],
    ['blocks of 1 KiB', ['-b', 'size=1024'], 900],
    ['in a block', [], 12],
  ])('are those that the kernel lists (%s)', async (_name, args, count) => {
    const image = new XfsImage();
    onTestFinished(() => image.remove());
    const names = ['few', 'many', 'large', 'none', 'folder'];
    image.format(400 * mebibyte, args).mounted((folder) => {
      for (const name of names.slice(0, 4)) writeFileSync(join(folder, name), 'content');
      mkdirSync(join(folder, 'folder'));
      runPython(SET, folder, String(count));
    });
    const expected = new Map<string, Record<string, string>>();
    image.mounted((folder) => {
      for (const name of names) expected.set(name, JSON.parse(runPython(LIST, join(folder, name))) as never);
    }, 'loop,ro');
    const filesystem = await openImage(image.path);
    for (const [name, attributes] of expected) {
      const { node } = (await filesystem.files!.lookup!(`/${name}`, signal))!;
      const streams = await filesystem.files!.streams!(node, signal);
      expect([name, Object.fromEntries(streams.map((stream) => [stream.name, stream.value!.toString('hex')]))]).toEqual([
        name,
        // To root the kernel shows access lists a second time, as XFS keeps them.
        Object.fromEntries(Object.entries(attributes).filter(([key]) => !key.startsWith('trusted.SGI_ACL'))),
      ]);
      const { metadata } = await filesystem.files!.stat!(node, signal);
      expect(metadata!.hasStreams).toBe(streams.length > 0);
    }
  });
});
