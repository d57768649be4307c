import type { StatusHandle, StatusItem } from '../api';
import { formatExactSize, formatSize, plural } from '../../common/text/size';
import { hexOffset } from './model/offsetFormat';
import type { Sectors } from './sectors';

/** What a byte belongs to is asked for when the cursor rests. */
const ownerDelayMilliseconds = 200;

/** The active editor in the status bar: where the cursor is, what the byte belongs to, and whether it can be changed. */
export class SectorStatus {
  private readonly handles = new Map<string, StatusHandle>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort = new AbortController();
  private owner: { offset: number; path: string; text: string; tooltip: string } | null = null;

  constructor(private readonly sectors: Sectors) {
    sectors.onDidChangeActive((change) => {
      if (change !== 'scroll') this.update();
    });
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
    this.askOwner(device.deviceId, device.path, cursor);
  }

  private askOwner(deviceId: string, path: string, offset: number): void {
    if (this.owner?.offset === offset && this.owner.path === path) return this.showOwner();
    clearTimeout(this.timer);
    this.abort.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    // What the byte before belongs to says nothing of this one.
    this.show({
      id: 'sectors.owner',
      side: 'left',
      priority: 10,
      text: '$(symbol-structure) …',
      tooltip: 'What this byte belongs to is being asked for',
      command: 'sectors.showOwners',
    });
    this.timer = setTimeout(async () => {
      const answer = await this.sectors.workbench.host.request('owner/chain', { deviceId, offset }, signal).catch(() => null);
      if (signal.aborted || !answer) return;
      const links = answer.chain.filter(({ layer }) => layer !== 'device' && layer !== 'table');
      const text = links
        .slice(-3)
        .map((link) => (link.layer === 'file' && link.path) || link.field || link.what)
        .join(' › ');
      this.owner = { offset, path, text, tooltip: answer.chain.map(({ what }) => what).join(' › ') };
      this.update();
    }, ownerDelayMilliseconds);
  }

  private showOwner(): void {
    this.show({
      id: 'sectors.owner',
      side: 'left',
      priority: 10,
      text: `$(symbol-structure) ${this.owner?.text || 'no owner known'}`,
      tooltip: `${this.owner?.tooltip}. Show all`,
      command: 'sectors.showOwners',
    });
  }

  private show(item: StatusItem): void {
    const handle = this.handles.get(item.id);
    if (handle) handle.update(item);
    else this.handles.set(item.id, this.sectors.workbench.statusBar.add(item));
  }

  private hide(): void {
    clearTimeout(this.timer);
    for (const handle of this.handles.values()) handle.dispose();
    this.handles.clear();
  }
}
