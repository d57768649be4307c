import { headerExtension } from './structures/header';

const Type = { end: 0, backingFormat: 0xe2792aca, featureNames: 0x6803f857, dataFile: 0x44415441 } as const;
/** Those of a well-made image are a handful. */
const MAX_EXTENSIONS = 64;
const FEATURE_ENTRY_BYTES = 48;
const INCOMPATIBLE = 0;

export interface HeaderExtensions {
  backingFormat: string | null;
  dataFile: string | null;
  /** Of incompatible features, by bit. */
  featureNames: ReadonlyMap<number, string>;
}

/** The extensions from `offset` on. Reading ends at the first that does not lie in the cluster: they are hints, but for the data file. */
export function readExtensions(cluster: Buffer, offset: number): HeaderExtensions {
  const found: { backingFormat: string | null; dataFile: string | null; featureNames: Map<number, string> } = {
    backingFormat: null,
    dataFile: null,
    featureNames: new Map(),
  };
  let at = offset;
  for (let count = 0; count < MAX_EXTENSIONS && at <= cluster.length - headerExtension.size; count++) {
    const { type, length } = headerExtension.read(cluster, at);
    at += headerExtension.size;
    if (type === Type.end || length > cluster.length - at) break;
    const data = cluster.subarray(at, at + length);
    if (type === Type.backingFormat) found.backingFormat = data.toString('utf8');
    else if (type === Type.dataFile) found.dataFile = data.toString('utf8');
    else if (type === Type.featureNames) readNames(data, found.featureNames);
    at += Math.ceil(length / 8) * 8;
  }
  return found;
}

/** Entries of u8 kind, u8 bit, 46 bytes of name padded with zeros. */
function readNames(data: Buffer, names: Map<number, string>): void {
  for (let at = 0; at <= data.length - FEATURE_ENTRY_BYTES; at += FEATURE_ENTRY_BYTES) {
    if (data[at] !== INCOMPATIBLE) continue;
    names.set(data[at + 1]!, data.toString('utf8', at + 2, at + FEATURE_ENTRY_BYTES).replace(/\0.*$/s, ''));
  }
}
