import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { html, render, type TemplateResult } from 'lit';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { formatSize, plural } from '../../../common/text/size';
import { Disposables, type EditorInput, type EditorPane } from '../../api';
import type { SectorDocument } from '../data/sectorDocument';
import { OpeningView } from '../editor/openingView';
import { gridSettings } from '../editor/settings';
import { goToOffset } from '../model/expression/goTo';
import { hexOffset } from '../model/offsetFormat';
import { neighbour } from '../model/sortedRanges';
import type { Sectors } from '../sectors';
import { showError } from '../../widgets/shared/errorText';
import { virtualList } from '../views/virtualList';
import { CompareRun } from './compareRun';
import { DiffSide } from './diffSide';

/** What is compared; offsets are where each side begins. */
export interface DiffParams {
  left: string;
  right: string;
  leftOffset?: number;
  rightOffset?: number;
  /** Without it, as far as both reach. */
  length?: number;
}

/** Two devices side by side, scrolled as one, with what differs marked and listed. */
export class DiffEditor extends Widget implements EditorPane {
  private params: DiffParams;
  private sides: readonly [DiffSide, DiffSide] | null = null;
  private readonly run: CompareRun;
  private readonly bar = document.createElement('div');
  private readonly body = document.createElement('div');
  private owned = new Disposables();
  private shown = new Disposables();
  private abort = new AbortController();
  private following = false;
  /** One of the devices could not be opened. */
  private isStopped = false;
  /** Bytes that are compared; null before both are open. */
  private compared: number | null = null;
  private readonly list = virtualList<ByteRange>({
    label: 'Differences',
    row: ({ offset, length }) =>
      html`<span class="dw-sectors-place">${hexOffset(offset + (this.params.leftOffset ?? 0), 8)}</span
        ><span class="dw-sectors-place">${hexOffset(offset + (this.params.rightOffset ?? 0), 8)}</span
        ><span class="dw-grow">${plural(length, 'byte')}</span>`,
    choose: (difference) => this.goTo(difference),
  });

  constructor(
    private readonly sectors: Sectors,
    readonly input: EditorInput,
  ) {
    super();
    this.params = input.params as DiffParams;
    this.addClass('dw-sectors');
    this.addClass('dw-sectors-diff');
    const label = (path: string): string => sectors.workbench.devices.label(path);
    this.title.label = `${label(this.params.left)} ↔ ${label(this.params.right)}`;
    this.title.caption = `${this.params.left} compared with ${this.params.right}`;
    this.title.iconClass = 'codicon codicon-diff';
    this.title.closable = true;
    this.run = this.owned.add(new CompareRun(sectors.workbench));
    this.owned.add(
      sectors.documents.onDidReplace((path) => {
        if (this.sides?.some(({ document: { device } }) => device.path === path)) void this.openBoth();
      }),
    );
    this.owned.add(this.run.onDidChange(() => this.refresh()));
    this.owned.add(sectors.workbench.context.bind(this.node, () => ({ sectorsFocus: true, sectorsDiffFocus: true })));
    this.bar.className = 'dw-sectors-header';
    this.bar.setAttribute('role', 'toolbar');
    this.bar.setAttribute('aria-label', 'Comparison');
    this.body.className = 'dw-sectors-sides';
    this.node.append(this.bar, this.body, this.list);
    this.refresh();
    void this.openBoth();
  }

  reveal(params: unknown): void {
    this.params = params as DiffParams;
    void this.openBoth();
  }

  next(direction: 'next' | 'previous'): void {
    const [left] = this.sides ?? [];
    if (!left) return;
    const found = neighbour(this.run.differences, left.grid.selection.cursor - left.start, direction);
    if (!found) return this.sectors.workbench.notifications.info('No difference has been found.');
    this.list.select(this.run.differences.indexOf(found));
    this.goTo(found);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.abort.abort();
    this.shown.dispose();
    this.owned.dispose();
    super.dispose();
  }

  protected override onActivateRequest(_message: Message): void {
    this.sides?.[0].grid.focus();
  }

  protected override onCloseRequest(message: Message): void {
    super.onCloseRequest(message);
    this.dispose();
  }

  private async openBoth(): Promise<void> {
    this.abort.abort();
    this.abort = new AbortController();
    this.shown.dispose();
    this.shown = new Disposables();
    this.sides = null;
    this.isStopped = false;
    this.compared = null;
    this.run.reset();
    const { signal } = this.abort;
    const { left, right, leftOffset = 0, rightOffset = 0 } = this.params;
    try {
      const opened = await Promise.all([this.open(left, signal), this.open(right, signal)]);
      if (signal.aborted) return;
      const sides = [this.side(opened[0], leftOffset), this.side(opened[1], rightOffset)] as const;
      this.sides = sides;
      this.synchronise(sides);
      const resized = new ResizeObserver(() => this.equalise());
      resized.observe(this.body);
      this.shown.add({ dispose: () => resized.disconnect() });
      this.shown.add(this.sectors.workbench.settings.onDidChange(() => this.equalise()));
      const reach = ({ document: { device }, start }: DiffSide): number => Math.max(0, device.size - start);
      const length = (this.compared = Math.min(reach(sides[0]), reach(sides[1]), this.params.length ?? Infinity));
      const ends = sides.map(({ document: { device }, start }) => ({ deviceId: device.deviceId, offset: start }));
      void this.run.start(ends[0]!, ends[1]!, length);
    } catch {
      // The side whose device could not be opened says why.
      if (signal !== this.abort.signal || this.isDisposed) return;
      this.isStopped = true;
      this.refresh();
    }
  }

  /** Until it is open, its place says what is waited for, and why it is not. @throws as `devices/open` */
  private async open(path: string, signal: AbortSignal): Promise<SectorDocument> {
    const { documents, workbench } = this.sectors;
    const cancel = (): void => this.abort.abort();
    const opening = this.shown.add(new OpeningView(workbench.devices.label(path), cancel, () => void this.openBoth()));
    this.body.append(opening.element);
    try {
      const { document, release } = await documents.acquire(path, signal);
      opening.dispose();
      if (signal.aborted) release();
      else this.shown.add({ dispose: release });
      return document;
    } catch (error) {
      opening.failed(signal.aborted ? null : error);
      throw error;
    }
  }

  private side(opened: SectorDocument, start: number): DiffSide {
    const reopen = (): void => void this.openBoth();
    const side = this.shown.add(new DiffSide(this.sectors, this, opened, start, () => this.run.differences, reopen));
    this.body.append(side.element);
    this.shown.add(opened.onDidChange((change) => change === 'edits' && this.refresh()));
    return side;
  }

  /** Both sides have the same rows: as many bytes as in the narrower one. */
  private equalise(): void {
    const settings = gridSettings(this.sectors.workbench.settings);
    const fitting = (this.sides ?? []).map(({ grid }) => grid.bytesPerRowWith(settings));
    for (const { grid } of this.sides ?? []) grid.configure({ ...settings, bytesPerRow: Math.min(...fitting) });
  }

  private synchronise([left, right]: readonly [DiffSide, DiffSide]): void {
    const pairs = [
      [left, right],
      [right, left],
    ] as const;
    for (const [from, to] of pairs) {
      const follow = (change: () => void): void => {
        if (this.following) return;
        this.following = true;
        change();
        this.following = false;
      };
      const across = (offset: number): number => Math.max(0, offset - from.start + to.start);
      this.shown.add(from.grid.onDidScroll(() => follow(() => to.grid.follow(across(from.grid.firstOffset)))));
      this.shown.add(
        from.grid.onDidChangeSelection(() =>
          follow(() => {
            to.grid.moveCursor(across(from.grid.selection.cursor));
            to.grid.follow(across(from.grid.firstOffset));
          }),
        ),
      );
    }
  }

  private goTo(difference: ByteRange): void {
    for (const { grid, start } of this.sides ?? []) {
      this.following = true;
      grid.select({ offset: difference.offset + start, length: difference.length });
      this.following = false;
    }
  }

  private refresh(): void {
    this.list.items = this.run.differences;
    this.list.requestUpdate();
    for (const { grid } of this.sides ?? []) grid.schedule();
    render(this.header(), this.bar);
  }

  private header(): TemplateResult {
    const { state, figures, differences, differentBytes } = this.run;
    const count = plural(differences.length, 'difference');
    const bytes = differentBytes === null ? '' : `, ${plural(differentBytes, 'byte')}`;
    const progress = figures ? ` ${formatSize(figures.done)} of ${formatSize(figures.total)} compared` : '';
    const words: Record<string, string> = {
      idle: this.isStopped ? 'Nothing is compared: a device is not open.' : 'Opening both devices…',
      running: `Comparing: ${count} so far.${progress}, ${formatSize(Math.round(figures?.bytesPerSecond ?? 0))}/s`,
      ended:
        differences.length === 0 && state.kind === 'ended' && state.how === 'done'
          ? 'No difference.'
          : `${count}${bytes}.${progress && `${progress}.`}`,
      failed: state.kind === 'failed' ? [showError(state.error).message, ...showError(state.error).lines].join(' ') : '',
    };
    return html`<div class="dw-sectors-trail" role="status">
        ${[words[state.kind], ...this.leftOut()].filter(Boolean).join(' ')}
      </div>
      <button
        class="dw-icon-button"
        title="Previous difference (Shift+F7)"
        aria-label="Previous difference"
        @click=${() => this.next('previous')}
      >
        <i class="codicon codicon-arrow-up" aria-hidden="true"></i>
      </button>
      <button class="dw-icon-button" title="Next difference (F7)" aria-label="Next difference" @click=${() => this.next('next')}>
        <i class="codicon codicon-arrow-down" aria-hidden="true"></i>
      </button>
      <button class="dw-icon-button dw-labelled" @click=${() => void this.askOffsets()}>Offsets…</button>
      ${state.kind === 'running' ? html`<button class="dw-button" @click=${() => this.run.cancel()}>Cancel</button>` : ''}`;
  }

  /** What lies on a device and is not compared, in sentences. */
  private leftOut(): string[] {
    const { sides } = this;
    if (!sides || this.compared === null) return [];
    const rests = sides.map(({ document: { device }, start }) => device.size - start - this.compared!);
    const words = sides.flatMap(({ label }, index) =>
      rests[index]! > 0 ? [`The last ${formatSize(rests[index]!)} of ${label} is not compared.`] : [],
    );
    const isStaged = sides.some(({ document: { edits } }) => edits.count > 0);
    return [...words, ...(isStaged ? ['Staged changes are not compared.'] : [])];
  }

  private async askOffsets(): Promise<void> {
    const ask = async (side: DiffSide | undefined, title: string): Promise<number | undefined> => {
      if (!side) return undefined;
      const { device, partitions } = side.document;
      const context = { ...device, cursor: side.grid.selection.cursor, partitions, blocks: () => null, bookmark: () => null };
      const read = (text: string): number => goToOffset(text, context);
      const text = await this.sectors.workbench.quickInput.input({
        title: `${title}: compare from`,
        value: `0x${hexOffset(side.start)}`,
        validate: (value) => {
          try {
            return { hint: `offset ${hexOffset(read(value))}` };
          } catch (error) {
            return { error: error instanceof Error ? error.message : String(error) };
          }
        },
      });
      return text === undefined ? undefined : read(text);
    };
    const leftOffset = await ask(this.sides?.[0], this.params.left);
    if (leftOffset === undefined) return;
    const rightOffset = await ask(this.sides?.[1], this.params.right);
    if (rightOffset !== undefined) this.reveal({ ...this.params, leftOffset, rightOffset });
  }
}
