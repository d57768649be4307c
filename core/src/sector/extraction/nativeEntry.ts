import { pathText } from '@diskwright/sdk/files';
import type { FolderOptions, NodeMetadata } from '@diskwright/sdk/protocol';
import type { FolderEntry as NativeEntry } from '@diskwright/native';
import { SHOWN_BYTE } from '../../common/contents/shownByte';
import type { ExtractedEntry } from '../../common/index';
import { accessListForSystem } from './accessList';
import type { ContentMap } from '../contents/contentMap';

/** Where a file's bytes are. */
export interface Content {
  map: ContentMap;
  /** By which the service knows it; null where the entry itself told of it. */
  contentId: string | null;
}

/** An entry on its way to the folder. */
export interface Draft {
  entry: ExtractedEntry;
  index: number;
  parent: Buffer;
  /** Under which it is wanted. */
  name: Buffer;
  /** Under which it is tried. */
  path: Buffer;
  content: Content | null;
  /** Though it shares its content with another name, that cannot be done here. */
  asCopy: boolean;
}

/** Above it, a number means nobody: the system takes it for "whoever it is now". */
const LARGEST_ID = 0xfffffffe;

/** Whether an entry says that it is nobody's, as only a damaged one does. */
export function isOfNobody({ userId = 0, groupId = 0 }: NodeMetadata): boolean {
  return userId > LARGEST_ID || groupId > LARGEST_ID;
}

/** Where a symbolic link leads, byte for byte where they came with the entry. `isSure`: false where its text may stand for other bytes. */
export function linkTarget({ metadata, content }: ExtractedEntry): { bytes: Buffer; isSure: boolean } | null {
  const text = metadata?.target;
  if (text === undefined) return null;
  if (!SHOWN_BYTE.test(text)) return { bytes: Buffer.from(text), isSure: true };
  const segments = content && 'segments' in content ? content.segments : [];
  const told = Buffer.concat(segments.map((segment) => Buffer.from(segment.kind === 'inline' ? segment.bytes : '', 'base64')));
  return pathText(told) === text ? { bytes: told, isSure: true } : { bytes: Buffer.from(text), isSure: false };
}

/** Names of extended attributes that keep their namespace; others become a user's. */
const NAMESPACE = /^(user|trusted|security|system)\./;

/** @param source what the volume lies on, and where; null where its bytes are written otherwise */
export function nativeEntry(
  { entry, path, content }: Draft,
  { streams: kind, owners }: FolderOptions,
  source: { descriptor: number; offset: number } | null,
): NativeEntry {
  const { metadata = {}, type } = entry;
  const { mode, userId, groupId, modified, accessed, device } = metadata;
  const target = type === 'symlink' ? linkTarget(entry) : null;
  const attributes = (entry.streams ?? []).flatMap(({ name, value }) =>
    value === undefined || !isKept(name, kind, owners) ? [] : [attributeOf(name, Buffer.from(value, 'base64'), kind)],
  );
  return {
    kind: type as NativeEntry['kind'],
    path,
    ...(target && { target: target.bytes }),
    ...(content && {
      size: content.map.size,
      bytes: content.map.inline,
      segments: source ? segmentsOf(content.map, source) : undefined,
    }),
    mode,
    ...(!isOfNobody(metadata) && { userId, groupId }),
    modified,
    accessed: accessed ?? modified,
    ...(attributes.length > 0 && { attributes }),
    ...(device && { major: device.major, minor: device.minor }),
  };
}

function attributeOf(name: string, value: Buffer, kind: FolderOptions['streams']): { name: string; value: Buffer } {
  if (kind === 'streams') return { name: `user.${name}`, value };
  return { name, value: name.startsWith('system.posix_acl_') ? accessListForSystem(value) : value };
}

/** What gives rights is kept only together with the owner. */
function isKept(name: string, kind: FolderOptions['streams'], owners: boolean): boolean {
  if (kind === 'streams') return true;
  return NAMESPACE.test(name) && (owners || name.startsWith('user.') || name.startsWith('system.posix_acl_'));
}

function segmentsOf(map: ContentMap, { descriptor, offset: start }: { descriptor: number; offset: number }): Float64Array {
  const numbers: number[] = [];
  for (const { kind, offset, length, position } of map.runs(0, map.size)) {
    if (kind === 'volume') numbers.push(descriptor, start + position, offset, length);
    else if (kind === 'inline') numbers.push(-1, position, offset, length);
  }
  return Float64Array.from(numbers);
}
