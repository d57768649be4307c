import { permissionsText, timeText } from '@diskwright/sdk/files';
import { ObjectId } from '../trees/key';
import { InodeFlag, type InodeRecord } from './inodeRecord';
import { subvolumeName, type Subvolume } from './subvolumes';

/** Beyond this, a date has no text. */
const LAST_SECOND = 8.64e12;

/** What a person may want to know of an inode beyond type, size and time, in order. */
export function inodeDetails(record: InodeRecord, subvolume: Subvolume): [name: string, value: string][] {
  const details: [string, string][] = [
    ['inode', String(record.inode)],
    ['mode', permissionsText(record.mode)],
    ['links', String(record.links)],
    ['owner', `${record.userId}:${record.groupId}`],
  ];
  for (const [which, name] of [
    ['modified', 'content changed'],
    ['changed', 'inode changed'],
    ['accessed', 'read'],
    ['created', 'created'],
  ] as const) {
    const time = record.time(which);
    details.push([name, Math.abs(time.seconds) <= LAST_SECOND ? timeText(time) : `${time.seconds} seconds after 1970`]);
  }
  details.push(['on disk', `${record.allocatedBytes} bytes`]);
  const flags = Object.entries(InodeFlag).flatMap(([name, bit]) => ((record.flags & bit) !== 0 ? [name] : []));
  if (flags.length > 0) details.push(['flags', flags.join(', ')]);
  if (record.type === 'blockDevice' || record.type === 'characterDevice')
    details.push(['device', `${record.device.major}:${record.device.minor}`]);
  if (record.links === 0) details.push(['deleted', 'no directory names it any more']);
  details.push(['subvolume', `${subvolume.id}, ${subvolumeName(subvolume)}${subvolume.isReadOnly ? ', read-only' : ''}`]);
  if (record.inode === subvolume.rootDirectory && subvolume.id !== ObjectId.FS_TREE) {
    if (subvolume.uuid) details.push(['subvolume UUID', subvolume.uuid]);
    if (subvolume.parentUuid) details.push(['snapshot of UUID', subvolume.parentUuid]);
  }
  return details;
}
