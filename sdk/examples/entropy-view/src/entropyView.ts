import type { LeasedSource, OpenedView, ViewContext, ViewHandler } from '@diskwright/sdk';
import { InvalidInputError, MediaError } from '@diskwright/sdk/errors';
import { entropyOf } from './entropy';
import { type Description, type EntropyRequest, MAX_COUNT } from './shared';

const PIECES = 4096;
/** Of each piece so much is read, from its start: a look at a whole disk takes seconds then, not hours. */
const SAMPLE_BYTES = 64 * 1024;

/** Measures a device for its page, piece by piece, as the page asks. */
export const entropyView: ViewHandler = {
  async open({ subject, devices, signal }: ViewContext): Promise<OpenedView> {
    const lease = await devices.lease(subject as string);
    const sectors = Math.ceil(lease.size / lease.sectorSize);
    const pieceBytes = Math.max(1, Math.ceil(sectors / PIECES)) * lease.sectorSize;
    const description: Description = { bytes: lease.size, pieceBytes, pieces: Math.ceil(lease.size / pieceBytes) };
    return {
      requests: {
        describe: () => description,
        entropy: async (params) => {
          const { first, count } = checked(params, description);
          const found: (number | null)[] = [];
          for (let piece = first; piece < first + count; piece++)
            found.push(await measure(lease, piece * pieceBytes, pieceBytes, signal));
          return found;
        },
      },
    };
  },
};

async function measure(lease: LeasedSource, offset: number, length: number, signal: AbortSignal): Promise<number | null> {
  try {
    return entropyOf(await lease.read(offset, Math.min(length, SAMPLE_BYTES, lease.size - offset), signal));
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  }
}

/** What comes from a page is anything. */
function checked(params: unknown, { pieces }: Description): EntropyRequest {
  const { first, count } = (params ?? {}) as Partial<EntropyRequest>;
  const isFine = Number.isInteger(first) && Number.isInteger(count) && first! >= 0 && count! > 0 && count! <= MAX_COUNT;
  if (!isFine || first! + count! > pieces) throw new InvalidInputError('there are no such pieces');
  return { first: first!, count: count! };
}
