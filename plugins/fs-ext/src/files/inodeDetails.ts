import { permissionsText, timeText } from '@diskwright/sdk/files';
import type { Geometry } from '../geometry';
import { InodeFlag, inodeFlagsInWords } from '../structures/inode';
import { deviceNumber } from './deviceNumber';
import type { InodeRecord } from './inodeRecord';

/** What a person may want to know of an inode beyond type, size and time, in order. */
export function inodeDetails(inode: InodeRecord, geometry: Geometry): [name: string, value: string][] {
  const { mode, links, uid, gid, flags, projectId, generation, attributeBlock } = inode;
  const details: [string, string][] = [
    ['inode', String(inode.number)],
    ['mode', permissionsText(mode)],
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
  if (inode.type === 'blockDevice' || inode.type === 'characterDevice') {
    const { major, minor } = deviceNumber(inode);
    details.push(['device', `${major}:${minor}`]);
  }
  if (links === 0) details.push(['deleted', 'no directory names it any more']);
  if (!inode.isChecksumRight(geometry)) details.push(['damage', 'the checksum of the inode is wrong']);
  return details;
}

function diskBytes(inode: InodeRecord, { blockSize }: Geometry): number {
  return inode.sectors * (inode.hasFlag(InodeFlag.HUGE_FILE) ? blockSize : 512);
}
