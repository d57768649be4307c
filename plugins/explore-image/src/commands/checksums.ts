import { createHash } from 'node:crypto';
import type { CommandHandler } from '@diskwright/sdk';
import type { FilesystemEntry, ListColumn, ListEnd } from '@diskwright/sdk/protocol';
import { checksumLine } from '../checksums/checksumLine';
import { RawPaths } from '../checksums/rawPaths';
import { ContentReader } from '../content/contentReader';
import { inOrder } from '../listing/inOrder';
import { Losses } from '../listing/losses';
import { openPlace, type Place, requireDirectory, type VolumePath } from '../place/openPlace';

type Item = Record<string, unknown>;

const FILES_AT_ONCE = 8;
/** What OpenSSL calls them. */
const OPENSSL_NAMES: Record<string, string> = { blake2b: 'blake2b512' };

/** `checksums`: a checksum for each file below a directory, in lines that `sha256sum -c` and its kin take; paths are relative to the directory. */
export const checksums: CommandHandler = {
  async execute(input, context) {
    const { place: named, algorithm = 'sha256' } = input as unknown as { place: VolumePath; algorithm?: string };
    const place = await openPlace(context, 'place', named, { followLast: true });
    requireDirectory(place);
    const reader = await ContentReader.open(context, named, place.volume);
    const columns: ListColumn[] = [
      { field: 'digest', title: algorithm, kind: 'text', width: 64 },
      { field: 'size', title: 'Size', kind: 'bytes' },
      { field: 'path', title: 'Path', kind: 'text' },
    ];
    const items = digests(place, reader, algorithm);
    return { kind: 'list', list: { title: `Checksums of ${place.named}`, columns, line: 'line', items } };
  },
};

async function* digests({ volume, node }: Place, reader: ContentReader, algorithm: string): AsyncGenerator<Item, ListEnd> {
  const losses = new Losses();
  const paths = new RawPaths();
  const digested = inOrder(volume.walk(node.node, { recursive: true }), FILES_AT_ONCE, async (entry): Promise<Item | null> => {
    const raw = paths.of(entry);
    const { path, size, type, rawName, damage } = entry;
    const item: Item = { algorithm, path, size, ...(rawName !== undefined && { rawName }) };
    if (damage !== undefined) return { ...item, error: losses.note(damage) };
    if (type !== 'file') return null;
    try {
      const digest = await digestOf(reader, entry, OPENSSL_NAMES[algorithm] ?? algorithm);
      return { digest, ...item, line: checksumLine(digest, raw).toString('base64') };
    } catch (error) {
      return { ...item, error: losses.reasonOf(error) };
    }
  });
  for await (const item of digested) if (item) yield item;
  return losses.end();
}

async function digestOf(reader: ContentReader, { node, size }: FilesystemEntry, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  for await (const piece of reader.read(node, size)) hash.update(piece);
  return hash.digest('hex');
}
