import { InvalidInputError, NotSupportedError } from '@diskwright/sdk/errors';
import type { Attribute } from '../records/attribute';
import { attributesOf, requireWhole } from '../records/attributes';
import type { FileRecord } from '../records/fileRecord';
import type { MasterFileTable } from '../records/masterFileTable';
import { AttributeFlag, AttributeType } from '../structures/fileRecord';
import { EA_PREFIX, extendedAttributesOf } from './extendedAttributes';
import { OVERLAY_STREAM, readOverlay, type Overlay } from './overlayFile';

/** A stream of a file, ready to be read. */
export interface DataStream {
  /** The file that it belongs to. */
  record: number;
  attribute: Attribute;
  /** Set when what is read is made of another stream: Windows compressed the file without NTFS knowing. */
  overlay: Overlay | null;
}

/**
 * The content of a file, or one of its named streams or extended attributes.
 * @throws InvalidInputError when there is no such stream, or a directory is asked for content; DamagedStructureError when its runs make no sense;
 *   NotSupportedError when it is encrypted
 */
export async function dataStreamOf(
  table: MasterFileTable,
  file: FileRecord,
  stream: string | undefined,
  signal: AbortSignal,
): Promise<DataStream> {
  if (stream?.startsWith(EA_PREFIX))
    return { record: file.number, attribute: await extendedAttribute(table, file, stream, signal), overlay: null };
  const isWanted = (type: number, name: string): boolean =>
    (type === AttributeType.DATA && (name === (stream ?? '') || (stream === undefined && name === OVERLAY_STREAM))) ||
    type === AttributeType.REPARSE_POINT;
  const attributes = await attributesOf(table, file, signal, isWanted);
  const data = attributes.filter(({ type }) => type === AttributeType.DATA);
  const attribute = data.find(({ name }) => name === (stream ?? ''));
  if (!attribute) {
    if (stream !== undefined) throw new InvalidInputError(`file record ${file.number} has no stream ${stream}`);
    if (file.isDirectory) throw new InvalidInputError(`file record ${file.number} is a directory: it has no content`);
    return { record: file.number, attribute: emptyStream, overlay: null };
  }
  requireWhole(attribute, file.number);
  if ((attribute.flags & AttributeFlag.ENCRYPTED) !== 0) {
    throw new NotSupportedError(`file record ${file.number} is encrypted by EFS; without its key there is no content`, {
      todo: 'Its sectors are shown by "extents"; a clone of the volume keeps it as it is.',
    });
  }
  const reparse = attributes.find(({ type }) => type === AttributeType.REPARSE_POINT);
  const overlay =
    stream === undefined && reparse ? await readOverlay(table, file.number, attribute, reparse, data, signal) : null;
  return { record: file.number, attribute, overlay };
}

const emptyStream: Attribute = {
  type: AttributeType.DATA,
  name: '',
  flags: 0,
  value: Buffer.alloc(0),
  runs: null,
  size: 0,
  initializedSize: 0,
  unitClusters: 0,
  damage: null,
};

async function extendedAttribute(
  table: MasterFileTable,
  file: FileRecord,
  stream: string,
  signal: AbortSignal,
): Promise<Attribute> {
  const found = (await extendedAttributesOf(table, file, signal)).find(({ name }) => name === stream);
  if (!found)
    throw new InvalidInputError(`file record ${file.number} has no extended attribute ${stream.slice(EA_PREFIX.length)}`);
  return { ...emptyStream, value: found.value, size: found.value.length, initializedSize: found.value.length };
}
