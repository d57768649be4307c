import type { IsoTime } from './times';
import { longTime, shortTime } from './times';
import type { SystemUseEntry } from './systemUse';

/** What Rock Ridge (IEEE P1282) says of a file beyond its directory record. What it does not say is absent. */
export interface RockRidge {
  /** The name's bytes. */
  name?: Buffer;
  mode?: number;
  links?: number;
  userId?: number;
  groupId?: number;
  device?: { major: number; minor: number };
  /** The target of a symbolic link. */
  target?: Buffer;
  times: { created?: IsoTime; modified?: IsoTime; accessed?: IsoTime; changed?: IsoTime };
  /** It stands for a directory that was moved to this block, since it lay too deep. */
  childBlock?: number;
  /** Of a moved directory: where its parent really is. */
  parentBlock?: number;
  /** It was moved here from elsewhere, and is shown there. */
  isMoved?: true;
  /** Its content is sparse or compressed, and this many bytes long. */
  coded?: { how: 'sparse' | 'compressed'; size: number };
}

const Name = { CONTINUES: 0x1, CURRENT: 0x2, PARENT: 0x4 } as const;
const Component = { CONTINUES: 0x1, CURRENT: 0x2, PARENT: 0x4, ROOT: 0x8 } as const;
const LONG_FORM = 0x80;
const SHORT_TIME_BYTES = 7;
const LONG_TIME_BYTES = 17;
/** By the bits of a TF entry; times of other meanings are passed over. */
const timeNames = ['created', 'modified', 'accessed', 'changed', null, null, null] as const;
const SLASH = Buffer.from('/');

/** Some writers, xorriso among them, keep all of the number in the low half, as it has eight bits for the minor one. The kernel reads both, too. */
function deviceOf(high: number, low: number): { major: number; minor: number } {
  return high === 0 && low > 0xff ? { major: low >>> 8, minor: low & 0xff } : { major: high, minor: low };
}

/** Puts the entries of a file together. Entries that are too short, or have a size that no file has, count as absent. */
export function rockRidgeOf(entries: readonly SystemUseEntry[]): RockRidge {
  const found: RockRidge = { times: {} };
  const names: Buffer[] = [];
  const target = new LinkTarget();
  for (const { signature, data } of entries) {
    if (signature === 'NM' && data.length > 0 && (data[0]! & (Name.CURRENT | Name.PARENT)) === 0) names.push(data.subarray(1));
    else if (signature === 'PX' && data.length >= 32) readPermissions(found, data);
    else if (signature === 'PN' && data.length >= 16) found.device = deviceOf(data.readUInt32LE(0), data.readUInt32LE(8));
    else if (signature === 'SL' && data.length > 0) target.add(data.subarray(1));
    else if (signature === 'TF' && data.length > 0) readTimes(found, data);
    else if (signature === 'CL' && data.length >= 8) found.childBlock = data.readUInt32LE(0);
    else if (signature === 'PL' && data.length >= 8) found.parentBlock = data.readUInt32LE(0);
    else if (signature === 'RE') found.isMoved = true;
    else if (signature === 'SF' && data.length >= 8) readSparse(found, data);
    else if (signature === 'ZF' && data.length >= 12) found.coded = { how: 'compressed', size: data.readUInt32LE(4) };
  }
  if (names.length > 0) found.name = Buffer.concat(names);
  if (target.isThere) found.target = target.bytes;
  return found;
}

function readSparse(found: RockRidge, data: Buffer): void {
  const size = data.length >= 16 ? data.readUInt32LE(0) * 2 ** 32 + data.readUInt32LE(8) : data.readUInt32LE(0);
  if (Number.isSafeInteger(size)) found.coded = { how: 'sparse', size };
}

function readPermissions(found: RockRidge, data: Buffer): void {
  found.mode = data.readUInt32LE(0);
  found.links = data.readUInt32LE(8);
  found.userId = data.readUInt32LE(16);
  found.groupId = data.readUInt32LE(24);
}

function readTimes(found: RockRidge, data: Buffer): void {
  const flags = data[0]!;
  const width = (flags & LONG_FORM) !== 0 ? LONG_TIME_BYTES : SHORT_TIME_BYTES;
  let at = 1;
  for (const [bit, name] of timeNames.entries()) {
    if ((flags & (1 << bit)) === 0) continue;
    if (at > data.length - width) return;
    const time = width === LONG_TIME_BYTES ? longTime(data.subarray(at)) : shortTime(data.subarray(at));
    if (name && time) found.times[name] = time;
    at += width;
  }
}

/** Puts the components of a link's target together; one may go on in the next. */
class LinkTarget {
  private readonly pieces: Buffer[] = [];
  private isFirst = true;
  private isContinued = false;
  isThere = false;

  add(components: Buffer): void {
    this.isThere = true;
    for (let at = 0; at <= components.length - 2;) {
      const flags = components[at]!;
      const end = at + 2 + components[at + 1]!;
      if (end > components.length) return;
      this.addComponent(flags, components.subarray(at + 2, end));
      at = end;
    }
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }

  private addComponent(flags: number, content: Buffer): void {
    if ((flags & Component.ROOT) !== 0) {
      this.pieces.push(SLASH);
      return;
    }
    if (!this.isFirst && !this.isContinued) this.pieces.push(SLASH);
    if ((flags & Component.CURRENT) !== 0) this.pieces.push(Buffer.from('.'));
    else if ((flags & Component.PARENT) !== 0) this.pieces.push(Buffer.from('..'));
    else this.pieces.push(content);
    this.isFirst = false;
    this.isContinued = (flags & Component.CONTINUES) !== 0;
  }
}
