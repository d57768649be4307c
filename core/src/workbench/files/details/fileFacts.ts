import type { FilesystemNode } from '@diskwright/sdk/protocol';
import { exactSizeText } from '../../widgets/shared/sizeText';
import { exactTimeText, modeText, mtimeText, type NodeMetadata, ownerText, typeWords } from '../model/fileEntry';

/** Something recorded, with its name. */
export type Fact = [name: string, value: string];

const TIMES: readonly [name: string, key: 'modified' | 'changed' | 'accessed' | 'created'][] = [
  ['Modified', 'modified'],
  ['Changed', 'changed'],
  ['Accessed', 'accessed'],
  ['Created', 'created'],
];

/** What is recorded of a node, in words. */
export function fileFacts(path: string, { type, size, mtime, node, metadata = {} }: FilesystemNode): Fact[] {
  const times = TIMES.flatMap(([name, key]): Fact[] => (metadata[key] ? [[name, exactTimeText(metadata[key])]] : []));
  return [
    ['Path', path],
    ['Type', typeWords(type)],
    ['Size', exactSizeText(size)],
    ['Node', node],
    ...(times.length === 0 && mtime !== null ? [['Modified', mtimeText(mtime)] as Fact] : times),
    ...recorded(metadata),
  ];
}

function recorded({ mode, links, device, target, attributes, ...owner }: NodeMetadata): Fact[] {
  const facts: [string, string | null][] = [
    ['Mode', mode === undefined ? null : `${modeText(mode)} (${mode.toString(8).padStart(4, '0')})`],
    ['Owner and group', ownerText(owner) || null],
    ['Links', links === undefined ? null : String(links)],
    ['Device', device ? `${device.major}:${device.minor}` : null],
    ['Target', target ?? null],
    ['Attributes', attributes?.length ? attributes.join(', ') : null],
  ];
  return facts.filter((fact): fact is Fact => fact[1] !== null);
}
