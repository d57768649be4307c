import type { BlockSource } from '@diskwright/sdk/block';
import { SWAP_HEADER_OFFSET, swapHeaderBig, swapHeaderLittle, swapSignature } from './structures/swapHeader';

/** Page sizes of the machines that Linux runs on; the signature lies at the end of the first page. */
export const PAGE_SIZES = [4096, 8192, 16384, 32768, 65536] as const;
/** The least that Linux takes (mkswap): ten pages of the smallest size. */
const LEAST_BYTES = 10 * 4096;
/** TuxOnIce writes over the start of the area and leaves the signature in place. */
const TUX_ON_ICE = Buffer.from('edc302e99856e50c', 'hex');

/** What each signature says of a hibernated system in the area; null where there is none. */
const SIGNATURES: Record<string, { version: 0 | 1; hibernatedBy: string | null }> = {
  SWAPSPACE2: { version: 1, hibernatedBy: null },
  'SWAP-SPACE': { version: 0, hibernatedBy: null },
  S1SUSPEND: { version: 1, hibernatedBy: 'the kernel (S1SUSPEND)' },
  S2SUSPEND: { version: 1, hibernatedBy: 'the kernel (S2SUSPEND)' },
  ULSUSPEND: { version: 1, hibernatedBy: 'uswsusp (ULSUSPEND)' },
  LINHIB0001: { version: 1, hibernatedBy: 'the kernel (LINHIB0001)' },
};

type Header = ReturnType<typeof swapHeaderLittle.read>;

/** What the first page says. */
export interface SwapArea {
  pageBytes: number;
  /** Offset of the signature, its bytes as text. */
  signatureOffset: number;
  signature: string;
  /** Null in areas of version 0, which have none. */
  header: Header | null;
  layout: typeof swapHeaderLittle;
  /** Bytes from the start to behind the last page; the volume's size where no header says. */
  size: number;
  /** Who hibernated into the area; null when nobody did. */
  hibernatedBy: string | null;
  tuxOnIce: boolean;
}

/** The swap area at the start of the source, or null when there is none. Reads one page. */
export async function readSwapArea(source: BlockSource, signal?: AbortSignal): Promise<SwapArea | null> {
  if (source.size < LEAST_BYTES) return null;
  const page = await source.read(0, Math.min(source.size, Math.max(...PAGE_SIZES)), signal);
  for (const pageBytes of PAGE_SIZES) {
    const signatureOffset = pageBytes - swapSignature.size;
    if (pageBytes > page.length) break;
    const found = swapSignature.read(page, signatureOffset).magic;
    // Those of nine letters are followed by what was there before.
    const signature = Object.keys(SIGNATURES).find((candidate) => found.startsWith(candidate));
    if (signature === undefined) continue;
    const area = describe(page, pageBytes, signature, source.size);
    if (area) return area;
  }
  return null;
}

function describe(page: Buffer, pageBytes: number, signature: string, volumeSize: number): SwapArea | null {
  const { version, hibernatedBy } = SIGNATURES[signature]!;
  const little = swapHeaderLittle.read(page, SWAP_HEADER_OFFSET).version === 1;
  const layout = little ? swapHeaderLittle : swapHeaderBig;
  const header = version === 1 ? layout.read(page, SWAP_HEADER_OFFSET) : null;
  const tuxOnIce = page.subarray(0, TUX_ON_ICE.length).equals(TUX_ON_ICE);
  const suspended = tuxOnIce ? 'TuxOnIce' : hibernatedBy;
  // A version that is not 1 in either byte order, or no pages: libblkid takes that for no swap area, unless a system is hibernated in it.
  if (header && suspended === null && (header.version !== 1 || header.lastPage === 0)) return null;
  const size = header && header.version === 1 ? (header.lastPage + 1) * pageBytes : volumeSize;
  return {
    pageBytes,
    signatureOffset: pageBytes - swapSignature.size,
    signature,
    header,
    layout,
    size,
    hibernatedBy: suspended,
    tuxOnIce,
  };
}
