import { AttributeFlag } from '../structures/fileRecord';
import { attributeName, attributeOffsets } from './attributeHeader';
import { readSize } from './littleEndian';
import { decodeMappingPairs } from './mappingPairs';
import { RunList } from './runList';

/** An attribute of a file, put together from all records that hold parts of it. */
export interface Attribute {
  type: number;
  /** Empty for most; `$I30`, or the name of a stream. */
  name: string;
  /** Bits of `AttributeFlag`. */
  flags: number;
  /** The value of a resident one; else null, and it lies in `runs`. */
  value: Buffer | null;
  runs: RunList | null;
  /** Bytes of the value. */
  size: number;
  /** Bytes from the beginning that were ever written; behind them the value is zeros. */
  initializedSize: number;
  /** Clusters that are compressed together; 0 when it is not compressed. */
  unitClusters: number;
  /** What is wrong with its runs, in words; null when nothing is. */
  damage: string | null;
}

/** The first part of an attribute, from the record at hand. */
export function attributeAt(bytes: Buffer, at: number, type: number, clusterBytes: number): Attribute {
  const flags = bytes.readUInt16LE(at + attributeOffsets.flags);
  const common = { type, name: attributeName(bytes, at), flags, damage: null };
  if (bytes[at + attributeOffsets.nonResident] === 0) {
    const start = at + bytes.readUInt16LE(at + attributeOffsets.valueOffset);
    const value = Buffer.from(bytes.subarray(start, start + bytes.readUInt32LE(at + attributeOffsets.valueLength)));
    return { ...common, value, runs: null, size: value.length, initializedSize: value.length, unitClusters: 0 };
  }
  const logarithm = bytes[at + attributeOffsets.compressionUnit]!;
  const isCompressed = (flags & AttributeFlag.COMPRESSION) !== 0 && logarithm > 0;
  return {
    ...common,
    value: null,
    runs: new RunList(clusterBytes),
    size: readSize(bytes, at + attributeOffsets.dataSize),
    initializedSize: readSize(bytes, at + attributeOffsets.initializedSize),
    unitClusters: isCompressed ? 2 ** Math.min(logarithm, 16) : 0,
  };
}

/** Adds the runs that the part at a place holds; they must follow those that there are. */
export function addRuns(attribute: Attribute, bytes: Buffer, at: number, length: number, totalClusters: number): void {
  const { runs } = attribute;
  if (!runs || attribute.damage !== null) return;
  const lowest = readSize(bytes, at + attributeOffsets.lowestVcn);
  if (lowest !== runs.clusters) {
    attribute.damage = `its part from cluster ${lowest} on does not follow the one before`;
    return;
  }
  const start = at + bytes.readUInt16LE(at + attributeOffsets.runsOffset);
  attribute.damage = decodeMappingPairs(bytes, start, at + length, totalClusters, runs);
}
