import { html, render } from 'lit';
import { printable } from '../../common/text/printable';
import type { Workbench } from '../api';
import { pickDevice } from '../widgets/devicePicker/pickDevice';
import { showError } from '../widgets/shared/errorText';
import '../widgets/shared/tree';
import type { Tree } from '../widgets/shared/tree';
import type { TreeNode } from '../widgets/shared/treeRows';
import { volumeOf } from '../devices/deviceTarget';
import { directoryNode, entryNodes, placeOf } from './directoryTree';
import './filesEditor.css';
import { parentPath, withParents } from './model/filePath';
import { VolumeFiles } from './model/volumeFiles';

/** `DEVICE#N:/path`, with the path left out where it is being typed. */
const NAMED = /^(.*#\d+)(?::(\/.*)?)?$/s;

export interface PickVolumePathOptions {
  title: string;
  /** What stands in the field: where to begin. */
  value: string;
}

/** Asks for a file or directory of a volume: for the volume first, where none is named yet. Answers `DEVICE#N:/path`; undefined when none was chosen. */
export async function pickVolumePath(workbench: Workbench, { title, value }: PickVolumePathOptions): Promise<string | undefined> {
  const [, named, path = '/'] = NAMED.exec(value.trim()) ?? [];
  let volume = named;
  let begin = path;
  for (;;) {
    volume ??= await pickDevice(workbench, { title: `${title}: the volume`, action: 'Look Into It', format: 'volume' });
    if (volume === undefined) return undefined;
    const chosen = await askIn(workbench, title, volume, begin);
    if (chosen !== 'other volume') return chosen === null ? undefined : `${volume}:${chosen}`;
    volume = undefined;
    begin = '/';
  }
}

/** The path that is chosen in a volume; null when none is. */
async function askIn(
  workbench: Workbench,
  title: string,
  volume: string,
  begin: string,
): Promise<string | 'other volume' | null> {
  const { path: device, partition } = volumeOf(volume);
  const files = new VolumeFiles(workbench, device, partition);
  const body = document.createElement('div');
  body.className = 'dw-pick-path';
  let chosen: string | null = null;
  let changed = (): void => undefined;
  let failure: unknown = null;
  const tree = (): Tree | null => body.querySelector('dw-tree');
  const select = (path: string | null): void => {
    chosen = path;
    draw();
    changed();
  };
  const load = (node: TreeNode): Promise<TreeNode[]> => entryNodes(files, placeOf(node)!);
  let nodes: TreeNode[] = [];
  const draw = (): void => {
    render(
      html`<dw-tree
          .label=${`Files of ${printable(volume)}`}
          .nodes=${nodes}
          .load=${load}
          @dw-select=${({ detail }: CustomEvent<TreeNode>) => select(placeOf(detail)?.path ?? null)}
        ></dw-tree>
        <p class=${failure ? 'dw-wrong' : 'dw-muted'} role="status">
          ${failure ? showError(failure).message : chosen ? `${printable(volume)}:${printable(chosen)}` : 'Nothing is selected'}
        </p>`,
      body,
    );
  };
  const open = async (): Promise<void> => {
    try {
      const root = await files.follow('/', true);
      nodes = root ? [directoryNode({ path: '/', node: root.node.node }, '/')] : [];
      draw();
      await tree()?.updateComplete;
      const at = (await files.follow(begin, false))?.path ?? '/';
      tree()!.expanded = ['/', ...withParents(parentPath(at))];
      // It selects its first row when it gets the focus.
      body.querySelector<HTMLElement>('[role="tree"]')?.focus();
      tree()!.select(at);
      select(at);
    } catch (error) {
      failure = error;
      draw();
    }
  };
  draw();
  const answer = await workbench.dialogs.show({
    title,
    body,
    buttons: [{ label: 'Choose', kind: 'primary' }, { label: 'Other Volume…' }, { label: 'Cancel' }],
    enabled: (button) => button !== 0 || chosen !== null,
    onOpen: (tell) => {
      changed = tell;
      void open();
    },
  });
  files.clear();
  if (answer === 1) return 'other volume';
  return answer === 0 ? chosen : null;
}
