import { html, render } from 'lit';
import { printable } from '../../../common/text/printable';
import { formatSize, plural } from '../../../common/text/size';
import type { SectorEditor } from './sectorEditor';
import type { Sectors } from '../sectors';
import { hexOffset, partitionAt } from '../model/offsetFormat';

/** The strip above a grid: what the cursor is in, and what is done most often. */
export class EditorHeader {
  readonly element = document.createElement('div');

  constructor(
    private readonly sectors: Sectors,
    private readonly editor: SectorEditor,
  ) {
    this.element.className = 'dw-sectors-header';
    this.element.setAttribute('role', 'toolbar');
    this.element.setAttribute('aria-label', 'Sectors');
  }

  update(): void {
    const { document, selection } = this.editor;
    if (!document) return;
    const { commands, keybindings } = this.sectors.workbench;
    const button = (command: string, icon: string, title: string, label = '') => {
      const keys = keybindings.keysOf(command);
      return html`<button
        class="dw-icon-button ${label ? 'dw-labelled' : ''}"
        title=${keys ? `${title} (${keys})` : title}
        aria-label=${label ? `${label}: ${title}` : title}
        @click=${() => this.run(command, commands)}
      >
        <i class="codicon codicon-${icon}" aria-hidden="true"></i>${label}
      </button>`;
    };
    const { unlocked, edits } = document;
    render(
      html`<div class="dw-sectors-trail" aria-label="Where the cursor is">${this.trail(selection.cursor)}</div>
        ${button('sectors.goBack', 'arrow-left', 'Go back')} ${button('sectors.goForward', 'arrow-right', 'Go forward')}
        ${button('sectors.goTo', 'target', 'Go to a place')} ${button('sectors.find', 'search', 'Search')}
        ${button('sectors.toggleBookmark', 'bookmark', 'Bookmark')}
        ${button('sectors.toggleLock', unlocked ? 'unlock' : 'lock', unlocked ? 'Lock: no more changes' : 'Unlock editing', unlocked ? 'Editing' : 'Read-only')}
        ${edits.count > 0 ? button('sectors.reviewChanges', 'git-pull-request', 'Review changes', `Review ${edits.count}`) : ''}`,
      this.element,
    );
  }

  private run(command: string, commands: { run(id: string): Promise<void> }): void {
    this.sectors.activate(this.editor);
    void commands.run(command);
  }

  /** Where what is shown is not what is there. */
  private sizeNote(): string {
    const { device } = this.editor.document!;
    const { list } = this.sectors.workbench.devices;
    const isOverlay = device.identity.kind === 'overlay';
    if (isOverlay && list?.overlays.every(({ name }) => name !== device.path))
      return ' (this overlay was removed: close the editor)';
    const known = list?.opened.find(({ path }) => path === device.path);
    if (known?.error) return ' (cannot be opened any more)';
    const more = (known?.size ?? device.size) - device.size;
    if (more === 0) return '';
    if (more < 0) return ` (${formatSize(-more)} shorter by now: choose Read Again)`;
    if (more >= device.sectorSize) return ` (${formatSize(more)} longer by now: choose Read Again)`;
    return ` (${plural(more, 'byte')} at the end left out: no whole sector)`;
  }

  private trail(offset: number) {
    const document = this.editor.document!;
    const partition = partitionAt(document.partitions, offset);
    const known = partition && document.layout?.partitions.find(({ number }) => number === partition.number);
    const at = document.structures.at(offset);
    const staged = at?.field && document.judge.stagedValue(at.placed.structure.name, at.field.path, at.field.offset);
    const parts = [
      `${this.sectors.workbench.devices.label(document.device.path)}, ${formatSize(document.device.size)}${this.sizeNote()}`,
      partition
        ? `p${partition.number}${known?.filesystem ? ` ${known.filesystem.type}` : ''} + ${hexOffset(offset - partition.start)}`
        : '',
      at?.placed.structure.name ?? '',
      at?.field ? `${at.field.path.join('.')} = ${shortened(staged ?? at.field.field.value)}` : '',
    ]
      .filter(Boolean)
      .map(printable);
    return parts.map(
      (part, index) =>
        html`${index > 0 ? html`<i class="codicon codicon-chevron-right" aria-hidden="true"></i>` : ''}<span title=${part}
            >${part}</span
          >`,
    );
  }
}

const valueLength = 24;
const shortened = (text: string): string => (text.length > valueLength ? `${text.slice(0, valueLength)}…` : text);
