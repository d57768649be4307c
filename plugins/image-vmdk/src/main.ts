/** VMware's image format VMDK. */
import { definePlugin } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { InvalidInputError, NotSupportedError } from '@diskwright/sdk/errors';
import { DESCRIPTOR_MARK } from './descriptor';
import { isSparse } from './sparseHeader';
import { VmdkImage } from './vmdkImage';

/** Of VMware ESX's own sparse files. */
const ESX_MARK = 'COWD';

async function startsWith(file: BlockSource, mark: string, signal: AbortSignal): Promise<boolean> {
  return file.size >= mark.length && (await file.read(0, mark.length, signal)).toString('latin1') === mark;
}

export default definePlugin({
  imageFormats: {
    vmdk: {
      probe: async (file, { signal }) => {
        const known = await Promise.all([
          isSparse(file, signal),
          startsWith(file, DESCRIPTOR_MARK, signal),
          startsWith(file, ESX_MARK, signal),
        ]);
        return known.includes(true) ? 100 : 0;
      },
      open: async (file, context) => {
        if (context.snapshot !== null) throw new InvalidInputError('VMDK images hold no snapshots: each is a file of its own');
        if (await startsWith(file, ESX_MARK, context.signal)) {
          throw new NotSupportedError('the file is a sparse part of a disk of VMware ESX (COWD), which is not read here', {
            todo: 'Convert the disk on its own machine: vmkfstools -i.',
          });
        }
        return VmdkImage.open(file, context);
      },
    },
  },
});
