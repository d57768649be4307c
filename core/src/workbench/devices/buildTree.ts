import { SecretNeededError } from '@diskwright/sdk/errors';
import type { ContainerSummary } from '@diskwright/sdk/protocol';
import { isMembership } from '../../common/isMembership';
import { printable } from '../../common/text/printable';
import { sizeText } from '../widgets/shared/sizeText';
import type { DeviceLayoutAnswer, DeviceList } from '../api';
import type { LoadedStructures } from '../layout/structurePages';
import { showError } from '../widgets/shared/errorText';
import type { ReadState } from '../widgets/shared/patientRead';
import { type DeviceChoice, deviceChoices } from '../widgets/devicePicker/choices';
import { usedPercent } from '../widgets/diskMap/regionText';
import { type DeviceTarget, volumeName, volumeOf } from './deviceTarget';
import type { TreeNode } from './treeNode';

/** What the tree is built of. */
export interface TreeSource {
  list: DeviceList;
  label(path: string): string;
  isExpanded(id: string): boolean;
  /** Of an expanded device. */
  layout(path: string): ReadState<DeviceLayoutAnswer>;
  structures(path: string, scope: number | null): LoadedStructures | null;
}

const GROUPS = [
  { kind: 'disk', id: 'disks', label: 'Disks', empty: 'No disk was found' },
  { kind: 'opened', id: 'opened', label: 'Images and exports', empty: 'None is open. Use Open Image… above' },
  { kind: 'overlay', id: 'overlays', label: 'Overlays', empty: '' },
] as const;
const ICONS: Record<DeviceChoice['kind'], string> = { disk: 'vm', opened: 'file', overlay: 'layers' };

/** The visible rows, from top to bottom. */
export function buildTree(source: TreeSource): TreeNode[] {
  const choices = deviceChoices(source.list);
  return GROUPS.flatMap(({ kind, id, label, empty }) => {
    const devices = choices.filter((choice) => choice.kind === kind);
    if (devices.length === 0 && !empty) return [];
    const expanded = source.isExpanded(id);
    const head = node({
      id,
      level: 1,
      kind: 'group',
      label,
      description: devices.length > 0 ? String(devices.length) : '',
      expanded,
    });
    if (!expanded) return [head];
    if (devices.length === 0) return [head, note(`${id}/empty`, 2, empty)];
    return [head, ...devices.flatMap((choice) => deviceRows(source, choice))];
  });
}

/** A device, and what tells its rows from those of the same device elsewhere in the tree. */
interface Place {
  path: string;
  key: string;
}
const rowId = ({ key }: Place): string => `device:${key}`;

function deviceRows(source: TreeSource, choice: DeviceChoice): TreeNode[] {
  const { path, kind, size, facts, error, waiting } = choice;
  const place = { path, key: path };
  const id = rowId(place);
  const expanded = error === null && source.isExpanded(id);
  const head = node({
    id,
    level: 2,
    kind: 'device',
    icon: error !== null ? 'error' : waiting ? 'watch' : ICONS[kind],
    label: source.label(path),
    description: [size === null ? null : sizeText(size), ...facts, waiting && 'has not answered yet'].filter(Boolean).join(' · '),
    badges: choice,
    expanded: error === null ? expanded : null,
    target: { path },
    keys: { deviceKind: kind },
    error: error !== null,
  });
  if (error !== null) return [head, note(`${id}/error`, 3, `Cannot be opened: ${error}`, true)];
  return expanded ? [head, ...contentRows(source, place, 3)] : [head];
}

function contentRows(source: TreeSource, place: Place, level: number): TreeNode[] {
  const { path } = place;
  const id = rowId(place);
  const state = source.layout(path);
  const act = (kind: 'cancel' | 'again', label: string): TreeNode =>
    node({ id: `${id}/${kind}`, level, kind, icon: kind === 'cancel' ? 'stop-circle' : 'refresh', label, target: { path } });
  if (state.kind === 'reading') return [note(`${id}/reading`, level, 'Reading…')];
  if (state.kind === 'waiting')
    return [note(`${id}/waiting`, level, 'Waiting: it has not answered yet'), act('cancel', 'Cancel')];
  if (state.kind === 'cancelled') return [note(`${id}/cancelled`, level, 'Not read: cancelled'), act('again', 'Try again')];
  if (state.kind === 'failed') {
    const { message, lines } = showError(state.error);
    const notes = [message, ...lines].map((text, index) => note(`${id}/error${index}`, level, text, index === 0));
    const locked = state.error instanceof SecretNeededError ? state.error.detail.device : undefined;
    return [...notes, locked === undefined ? act('again', 'Try again') : unlockRow(volumeOf(locked), `${id}/unlock`, level)];
  }
  const { layout } = state.value;
  if (layout.table.type === 'none') {
    const { volume, container, device } = layout;
    if (!volume && !container) return [note(`${id}/nothing`, level, 'Nothing is recognised on it')];
    const used = usedPercent(volume);
    const description = [volume?.type ?? container?.type, sizeText(volume?.size ?? device.size), used && `${used} used`]
      .filter(Boolean)
      .join(' · ');
    return volumeRows(source, place, {
      number: 0,
      label: volume?.label || container?.label || 'Whole device',
      description,
      filesystem: isMembership(volume, container) ? null : (volume?.type ?? null),
      container,
      level,
    });
  }
  const tableId = `${id}/table`;
  const expanded = source.isExpanded(tableId);
  const table = node({
    id: tableId,
    level,
    kind: 'table',
    icon: 'list-tree',
    label: `${layout.table.type.toUpperCase()} partition table`,
    expanded,
    target: { path, offset: 0, length: layout.device.sectorSize },
    keys: { deviceKind: 'table' },
    scope: null,
  });
  const findings =
    layout.findings.length > 0
      ? [
          note(
            `${id}/findings`,
            level,
            `${layout.findings.length} ${layout.findings.length === 1 ? 'finding' : 'findings'}: open the layout`,
            true,
          ),
        ]
      : [];
  return [
    ...findings,
    table,
    ...(expanded ? structureRows(source, place, null, level + 1) : []),
    ...layout.partitions.flatMap(({ number, filesystem, container, name, size, typeName, role }) => {
      const used = usedPercent(filesystem);
      const content =
        role === 'extended' ? 'holds logical partitions' : (filesystem?.type ?? container?.type ?? 'not recognised');
      const description = [content, sizeText(size), used && `${used} used`].filter(Boolean).join(' · ');
      const label = `${number} ${role === 'extended' ? 'Extended' : filesystem?.label || container?.label || name || typeName}`;
      return volumeRows(source, place, {
        number,
        label,
        description,
        filesystem: isMembership(filesystem, container) ? null : (filesystem?.type ?? null),
        container,
        level: role === 'logical' ? level + 1 : level,
        isExtended: role === 'extended',
      });
    }),
  ];
}

interface VolumeRow {
  number: number;
  label: string;
  description: string;
  /** By libblkid's name; null where none is recognised. */
  filesystem: string | null;
  level: number;
  /** What it is a member of. */
  container?: ContainerSummary | undefined;
  /** An extended partition, which holds others. */
  isExtended?: boolean;
}

function volumeRows(
  source: TreeSource,
  place: Place,
  { number, label, description, filesystem, container, level, isExtended = false }: VolumeRow,
): TreeNode[] {
  const { path } = place;
  const id = `${rowId(place)}#${number}`;
  const expanded = !isExtended && source.isExpanded(id);
  const head = node({
    id,
    level,
    kind: 'volume',
    icon: isExtended ? 'folder' : container?.locked ? 'lock' : 'database',
    label,
    description,
    expanded: isExtended ? null : expanded,
    target: { path, partition: number },
    keys: { deviceKind: 'volume', isVolume: !isExtended, isLocked: Boolean(container?.locked), filesystem },
    scope: number,
  });
  if (!expanded) return [head];
  const rows = container
    ? containerRows(source, place, number, container, level + 1)
    : structureRows(source, place, number, level + 1);
  return [head, ...rows];
}

/** The devices in the container that a volume is a member of, each with what is on it. */
function containerRows(
  source: TreeSource,
  { path: outer, key }: Place,
  partition: number,
  { devices, locked, warnings }: ContainerSummary,
  level: number,
): TreeNode[] {
  const volume = { path: outer, partition };
  const name = volumeName(volume);
  const id = (what: string): string => `${what}:${key}#${partition}`;
  if (locked !== null) return [note(id('locked'), level, locked), unlockRow(volume, id('unlock'), level)];
  const notes = warnings.map((warning, index) => note(`${id('warning')}/${index}`, level, warning, true));
  return [
    ...notes,
    ...devices.flatMap(({ name: inner, size, unavailable }) => {
      // It may stand in the list of what was opened as well.
      const place = { path: `${name}@${inner}`, key: `${name}@${inner} in ${key}` };
      if (unavailable !== undefined) return [note(rowId(place), level, `${inner} is not available: ${unavailable}`, true)];
      const expanded = source.isExpanded(rowId(place));
      const head = node({
        id: rowId(place),
        level,
        kind: 'device',
        icon: 'vm',
        label: inner,
        description: sizeText(size),
        expanded,
        target: { path: place.path },
        keys: { deviceKind: 'contained' },
      });
      return expanded ? [head, ...contentRows(source, place, level + 1)] : [head];
    }),
  ];
}

function unlockRow(volume: DeviceTarget, id: string, level: number): TreeNode {
  return node({ id, level, kind: 'unlock', icon: 'key', label: 'Give the passphrase…', target: volume });
}

function structureRows(source: TreeSource, { path, key }: Place, scope: number | null, level: number): TreeNode[] {
  const id = `structures:${key}#${scope ?? 'table'}`;
  const loaded = source.structures(path, scope);
  if (!loaded) return [note(`${id}/loading`, level, 'Reading…')];
  const rows = loaded.entries.map(({ name, offset, length, findings }) =>
    node({
      id: `${id}@${offset}:${name}`,
      level,
      kind: 'structure',
      icon: findings > 0 ? 'warning' : 'symbol-structure',
      label: name,
      description: `${sizeText(length)} at ${sizeText(offset)}${findings > 0 ? ` · ${findings} ${findings === 1 ? 'finding' : 'findings'}` : ''}`,
      target: { path, offset, length },
      keys: { deviceKind: 'structure' },
      scope,
    }),
  );
  if (loaded.error) return [...rows, note(`${id}/error`, level, showError(loaded.error).message, true)];
  if (loaded.loading) return [...rows, note(`${id}/loading`, level, 'Reading…')];
  if (loaded.next !== null)
    return [...rows, node({ id: `${id}/more`, level, kind: 'more', icon: 'ellipsis', label: 'More…', target: { path }, scope })];
  return rows.length > 0 ? rows : [note(`${id}/empty`, level, 'No plugin names a structure here')];
}

function note(id: string, level: number, label: string, error = false): TreeNode {
  return node({ id, level, kind: 'note', icon: error ? 'warning' : '', label, error });
}

function node(values: Pick<TreeNode, 'id' | 'level' | 'kind' | 'label'> & Partial<TreeNode>): TreeNode {
  const defaults = { icon: '', description: '', badges: null, expanded: null, target: null, keys: {} };
  return { ...defaults, ...values, label: printable(values.label), description: printable(values.description ?? '') };
}
