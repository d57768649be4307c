/** @module-tag alone */
import { expect, onTestFinished, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { ExtImage, extTools } from './testing/extImage';
import { openImage, signal } from './testing/openImage';

const tebibyte = 2 ** 40;

/** Long runs make all of them: mke2fs takes longer for each than the reading. */
const kinds: [string, string[]][] = [
  ['ext4', []],
  ['ext4', ['-O', '^metadata_csum,^uninit_bg,^flex_bg']],
  ['ext4', ['-b', '1024', '-O', '^resize_inode,meta_bg']],
  ['ext3', ['-N', '1000000']],
];

test.skipIf(toolsMissing(...extTools)).each(process.env['DISKWRIGHT_LONG'] === '1' ? kinds : kinds.slice(0, 2))(
  'the allocation of a terabyte of %s takes seconds (%j)',
  async (type, args) => {
    const image = new ExtImage();
    onTestFinished(() => image.remove());
    image.format(tebibyte, ['-t', type, '-E', 'lazy_itable_init=1,nodiscard', '-J', 'size=64', ...args]);
    const filesystem = await openImage(image.path);
    const startedAt = performance.now();
    const { confidence, extents } = await filesystem.allocation(signal);
    const milliseconds = performance.now() - startedAt;
    process.stdout.write(`${type} ${args.join(' ')}: ${Math.round(milliseconds)} ms, ${extents?.count} extents\n`);
    expect(confidence).toBe('exact');
    expect(milliseconds).toBeLessThan(5000);
  },
);
