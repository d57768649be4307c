import type { StatusHandle, StatusItem } from '../api';
import { formatExactSize, formatSize, plural } from '../../common/text/size';
import { hexOffset } from './model/offsetFormat';
import type { Sectors } from './sectors';

/** The active editor in the status bar: where the cursor is, what the byte belongs to, and whether it can be changed. */
export class SectorStatus {
  private readonly handles = new Map<string, StatusHandle>();

  constructor(private readonly sectors: Sectors) {
    sectors.onDidChangeActive((change) => {
      if (change !== 'scroll') this.update();
    });
    sectors.owners.onDidChange(() => this.update());
    sectors.workbench.editors.onDidChangeActive(() => this.update());
  }

  private update(): void {
    const { active, workbench } = this.sectors;
    // A plan or a wizard beside it has nothing to do with the cursor in here.
    if (!active?.document || workbench.editors.active !== active.pane) return this.hide();
    const { device, unlocked, edits } = active.document;
    const { cursor } = active.selection;
    const { offset, length } = active.range;
    const lba = Math.floor(cursor / device.sectorSize);
    const selected = length > 1 ? `, ${length < 1024 ? plural(length, 'byte') : formatSize(length)} selected` : '';
    const extent =
      length > 1 ? `; ${formatExactSize(length)} selected, ${hexOffset(offset)} to ${hexOffset(offset + length - 1)}` : '';
    this.show({
      id: 'sectors.place',
      side: 'right',
      priority: 60,
      text: `Offset ${hexOffset(cursor)} · LBA ${lba}${selected}`,
      tooltip: `Offset ${cursor.toLocaleString('en')}, byte ${cursor % device.sectorSize} of sector ${lba}${extent}. Go to…`,
      command: 'sectors.goTo',
    });
    const staged = edits.count > 0 ? `, ${plural(edits.count, 'byte')} staged` : '';
    this.show({
      id: 'sectors.lock',
      side: 'left',
      priority: 20,
      text: unlocked ? `$(unlock) Staged editing${staged}` : `$(lock) Read-only${staged}`,
      tooltip: unlocked ? 'What is typed stays staged; nothing is written. Lock again' : 'Unlock editing…',
      command: 'sectors.toggleLock',
      kind: unlocked || edits.count > 0 ? 'warning' : 'normal',
    });
    this.showOwner();
  }

  private showOwner(): void {
    const { state } = this.sectors.owners;
    const chain = state?.kind === 'known' ? state.chain : [];
    const links = chain.filter(({ layer }) => layer !== 'device' && layer !== 'table');
    const text = links
      .slice(-3)
      .map((link) => (link.layer === 'file' && link.path) || link.field || link.what)
      .join(' › ');
    const isKnown = state !== null && state.kind !== 'asking';
    this.show({
      id: 'sectors.owner',
      side: 'left',
      priority: 10,
      text: `$(symbol-structure) ${isKnown ? text || 'no owner known' : '…'}`,
      tooltip: isKnown
        ? `${chain.map(({ what }) => what).join(' › ')}. Show all`
        : 'What this byte belongs to is being asked for',
      command: 'sectors.showOwners',
    });
  }

  private show(item: StatusItem): void {
    const handle = this.handles.get(item.id);
    if (handle) handle.update(item);
    else this.handles.set(item.id, this.sectors.workbench.statusBar.add(item));
  }

  private hide(): void {
    for (const handle of this.handles.values()) handle.dispose();
    this.handles.clear();
  }
}
