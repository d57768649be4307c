import { permissionsText, timeText } from '@diskwright/sdk/files';
import type { Geometry } from '../geometry';
import { inodeFlagsInWords } from '../structures/inode';
import type { InodeRecord } from './inodeRecord';

/** What a person may want to know of an inode beyond type, size and time, in order. */
export function inodeDetails(inode: InodeRecord, { blockSize }: Geometry): [name: string, value: string][] {
  const { mode, links, uid, gid, flags, flags2, projectId, generation } = inode;
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
  details.push(['on disk', `${inode.blocks * blockSize} bytes`], ['generation', String(generation)]);
  if ((flags | flags2) !== 0) details.push(['flags', inodeFlagsInWords(flags, flags2)]);
  if (projectId !== 0) details.push(['project', String(projectId)]);
  if (inode.isRealtime) details.push(['content', 'on the realtime device, which is not read']);
  if (inode.type === 'blockDevice' || inode.type === 'characterDevice') {
    const { major, minor } = inode.device;
    details.push(['device', `${major}:${minor}`]);
  }
  if (links === 0) details.push(['deleted', 'no directory names it any more']);
  if (!inode.isChecksumRight) details.push(['damage', 'the checksum of the inode is wrong']);
  return details;
}
