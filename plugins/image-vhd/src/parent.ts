import type { BlockSource } from '@diskwright/sdk/block';
import { safeNumber } from '@diskwright/sdk/struct';
import type { VhdBlocks } from './header';
import { dynamicHeader, LOCATOR_COUNT, LOCATORS_AT, parentLocator } from './structures';

const MAX_PATH_BYTES = 4096;
const NAME_BYTES = dynamicHeader.range('parentName');

/**
 * The paths by which a differencing disk names its parent, the best first: relative to itself, then the parent's name alone, since an absolute path is
 * that of another machine. With slashes.
 */
export async function parentPaths(file: BlockSource, { header }: VhdBlocks, signal: AbortSignal): Promise<string[]> {
  const paths: string[] = [];
  for (let index = 0; index < LOCATOR_COUNT; index++) {
    const { platform, length, offset: at } = parentLocator.read(header, LOCATORS_AT + index * parentLocator.size);
    const offset = safeNumber(at);
    if (platform !== 'W2ru' || length === 0 || length > MAX_PATH_BYTES || offset > file.size - length) continue;
    paths.push((await file.read(offset, length, signal)).toString('utf16le'));
  }
  const name = Buffer.from(header.subarray(NAME_BYTES.offset, NAME_BYTES.offset + NAME_BYTES.length)).swap16();
  paths.push(name.toString('utf16le').replace(/^.*[\\/]/s, ''));
  const plain = paths.map((path) => path.replace(/\0.*$/s, '').replaceAll('\\', '/').replace(/^\.\//, ''));
  return [...new Set(plain.filter((path) => path !== ''))];
}
