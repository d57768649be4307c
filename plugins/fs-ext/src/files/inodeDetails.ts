import type { Geometry } from '../geometry';
import { InodeFlag, inodeFlagsInWords } from '../structures/inode';
import type { InodeRecord, InodeTime } from './inodeRecord';

const LETTERS = 'rwxrwxrwx';

/** What a person may want to know of an inode beyond type, size and time, in order. */
export function inodeDetails(inode: InodeRecord, geometry: Geometry): [name: string, value: string][] {
  const { mode, links, uid, gid, flags, projectId, generation, attributeBlock } = inode;
  const details: [string, string][] = [
    ['inode', String(inode.number)],
    ['mode', `${(mode & 0xfff).toString(8).padStart(4, '0')} (${permissions(mode)})`],
    ['links', String(links)],
    ['owner', `${uid}:${gid}`],
  ];
  for (const [which, name] of [
    ['modification', 'content changed'],
    ['change', 'inode changed'],
    ['access', 'read'],
    ['creation', 'created'],
  ] as const) {
    const time = inode.time(which);
    if (time) details.push([name, timeText(time)]);
  }
  details.push(['on disk', `${diskBytes(inode, geometry)} bytes`], ['generation', String(generation)]);
  if (flags !== 0) details.push(['flags', inodeFlagsInWords(flags)]);
  if (projectId !== 0) details.push(['project', String(projectId)]);
  if (attributeBlock !== 0) details.push(['attributes in block', String(attributeBlock)]);
  if (inode.type === 'blockDevice' || inode.type === 'characterDevice') details.push(['device', deviceNumber(inode)]);
  if (links === 0) details.push(['deleted', 'no directory names it any more']);
  if (!inode.isChecksumRight(geometry)) details.push(['damage', 'the checksum of the inode is wrong']);
  return details;
}

/** As `ls` shows it, without the letter for the type. */
function permissions(mode: number): string {
  const letters = [...LETTERS].map((letter, index) => ((mode & (0o400 >> index)) !== 0 ? letter : '-'));
  const special = [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const;
  for (const [bit, place, letter] of special)
    if ((mode & bit) !== 0) letters[place] = letters[place] === 'x' ? letter : letter.toUpperCase();
  return letters.join('');
}

/** ISO 8601 with nanoseconds, where the time is one that a Date can hold. */
function timeText({ seconds, nanoseconds }: InodeTime): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(nanoseconds).padStart(9, '0')}Z`;
}

function diskBytes(inode: InodeRecord, { blockSize }: Geometry): number {
  return inode.sectors * (inode.hasFlag(InodeFlag.HUGE_FILE) ? blockSize : 512);
}

/** The old form of 16 bits, or the new one behind it (`ext4_iget`). */
function deviceNumber({ block }: InodeRecord): string {
  const old = block.readUInt32LE(0);
  if (old !== 0) return `${(old >>> 8) & 0xff}:${old & 0xff}`;
  const encoded = block.readUInt32LE(4);
  return `${(encoded & 0xfff00) >>> 8}:${(encoded & 0xff) | ((encoded >>> 12) & 0xfff00)}`;
}
