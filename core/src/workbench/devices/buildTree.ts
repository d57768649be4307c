import { printable } from '../../common/text/printable';
import { sizeText } from '../widgets/shared/sizeText';
import type { DeviceLayoutAnswer, DeviceList } from '../api';
import type { LoadedStructures } from '../layout/structurePages';
import { showError } from '../widgets/shared/errorText';
import type { ReadState } from '../widgets/shared/patientRead';
import { type DeviceChoice, deviceChoices } from '../widgets/devicePicker/choices';
import { usedPercent } from '../widgets/diskMap/regionText';
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

function deviceRows(source: TreeSource, choice: DeviceChoice): TreeNode[] {
  const { path, kind, size, facts, error, waiting } = choice;
  const id = `device:${path}`;
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
  return expanded ? [head, ...contentRows(source, path, id)] : [head];
}

function contentRows(source: TreeSource, path: string, id: string): TreeNode[] {
  const state = source.layout(path);
  const act = (kind: 'cancel' | 'again', label: string): TreeNode =>
    node({ id: `${id}/${kind}`, level: 3, kind, icon: kind === 'cancel' ? 'stop-circle' : 'refresh', label, target: { path } });
  if (state.kind === 'reading') return [note(`${id}/reading`, 3, 'Reading…')];
  if (state.kind === 'waiting') return [note(`${id}/waiting`, 3, 'Waiting: it has not answered yet'), act('cancel', 'Cancel')];
  if (state.kind === 'cancelled') return [note(`${id}/cancelled`, 3, 'Not read: cancelled'), act('again', 'Try again')];
  if (state.kind === 'failed') {
    const { message, lines } = showError(state.error);
    const notes = [message, ...lines].map((text, index) => note(`${id}/error${index}`, 3, text, index === 0));
    return [...notes, act('again', 'Try again')];
  }
  const { layout } = state.value;
  if (layout.table.type === 'none') {
    if (!layout.volume) return [note(`${id}/nothing`, 3, 'Nothing is recognised on it')];
    const used = usedPercent(layout.volume);
    const description = [layout.volume.type, sizeText(layout.volume.size), used && `${used} used`].filter(Boolean).join(' · ');
    return volumeRows(source, path, {
      number: 0,
      label: layout.volume.label || 'Whole device',
      description,
      filesystem: layout.volume.type,
      level: 3,
    });
  }
  const tableId = `${id}/table`;
  const expanded = source.isExpanded(tableId);
  const table = node({
    id: tableId,
    level: 3,
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
            3,
            `${layout.findings.length} ${layout.findings.length === 1 ? 'finding' : 'findings'}: open the layout`,
            true,
          ),
        ]
      : [];
  return [
    ...findings,
    table,
    ...(expanded ? structureRows(source, path, null, 4) : []),
    ...layout.partitions.flatMap(({ number, filesystem, name, size, typeName, role }) => {
      const used = usedPercent(filesystem);
      const content = role === 'extended' ? 'holds logical partitions' : (filesystem?.type ?? 'not recognised');
      const description = [content, sizeText(size), used && `${used} used`].filter(Boolean).join(' · ');
      const label = `${number} ${role === 'extended' ? 'Extended' : filesystem?.label || name || typeName}`;
      const level = role === 'logical' ? 4 : 3;
      return volumeRows(source, path, {
        number,
        label,
        description,
        filesystem: filesystem?.type ?? null,
        level,
        isContainer: role === 'extended',
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
  /** An extended partition, which holds others. */
  isContainer?: boolean;
}

function volumeRows(
  source: TreeSource,
  path: string,
  { number, label, description, filesystem, level, isContainer = false }: VolumeRow,
): TreeNode[] {
  const id = `device:${path}#${number}`;
  const expanded = !isContainer && source.isExpanded(id);
  const head = node({
    id,
    level,
    kind: 'volume',
    icon: isContainer ? 'folder' : 'database',
    label,
    description,
    expanded: isContainer ? null : expanded,
    target: { path, partition: number },
    keys: { deviceKind: 'volume', isVolume: !isContainer, filesystem },
    scope: number,
  });
  return expanded ? [head, ...structureRows(source, path, number, level + 1)] : [head];
}

function structureRows(source: TreeSource, path: string, scope: number | null, level: number): TreeNode[] {
  const id = `structures:${path}#${scope ?? 'table'}`;
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
