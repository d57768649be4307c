import { html, nothing, type TemplateResult } from 'lit';
import { printable } from '../../../../common/text/printable';
import { sizeText } from '../../../widgets/shared/sizeText';
import type { WorkbenchResult } from '../../../../common/workbench';
import type { DialogService, HostConnection } from '../../../api';
import { isCancellation, showError } from '../../../widgets/shared/errorText';
import './chooseFile.css';
import { joinPath, splitTyped } from './filePaths';
import { Modal } from './modal';

type Options = Parameters<DialogService['chooseFile']>[0];
type Listing = WorkbenchResult<'files/list'>;
type Entry = Listing['entries'][number];

const SHOWN_ENTRIES = 500;
const ICONS: Record<Entry['kind'], string> = { folder: 'folder', file: 'file', device: 'vm', other: 'file-binary' };

const WORDS: Record<Options['mode'], { action: string; label: string; placeholder: string }> = {
  open: { action: 'Open', label: 'File name or path', placeholder: 'Type a name or a path' },
  save: { action: 'Save', label: 'Name of the file, or path', placeholder: 'Type a name' },
  folder: {
    action: 'Use This Folder',
    label: 'Name of the folder, or path',
    placeholder: 'Empty for this folder; or the name of one, which may be new',
  },
};

/** Asks for a file of the host's machine; undefined when none was chosen. */
export async function chooseFile(host: HostConnection, options: Options): Promise<string | undefined> {
  const { home } = await host.request('workbench/hello', {});
  return new Promise((resolve) => {
    const chooser = new FileChooser(host, options, home, (path) => {
      chooser.close();
      resolve(path);
    });
    chooser.open();
  });
}

/** A path to type, completed from the folder it stands in, above the entries of that folder. */
class FileChooser {
  private readonly modal: Modal;
  private readonly lifetime = new AbortController();
  private listing: Listing | null = null;
  private typed: string;
  private selected = -1;
  private message: { text: string; wrong: boolean } | null = null;
  private requested: string | null = null;
  /** The folder from which what is typed counts. */
  private typedFrom: string;
  /** The folder that is being listed; answers whether it could be. */
  private reading: Promise<boolean> | null = null;

  constructor(
    private readonly host: HostConnection,
    private readonly options: Options,
    private readonly home: string,
    private readonly finish: (path: string | undefined) => void,
  ) {
    this.modal = new Modal(options.title, () => finish(undefined), 'dw-wide');
    this.typed = options.name ?? '';
    this.typedFrom = options.folder ?? home;
  }

  open(): void {
    this.modal.open(this.content());
    const field = this.field();
    field.value = this.typed;
    field.focus();
    field.select();
    void this.enter(this.options.folder ?? this.home);
  }

  close(): void {
    this.lifetime.abort();
    this.modal.close();
  }

  private get folder(): string {
    return this.listing?.folder ?? this.options.folder ?? this.home;
  }

  /** What is typed may name something new: the list only shows what is there. */
  private get mayBeNew(): boolean {
    return this.options.mode !== 'open';
  }

  /** Folders and what can be chosen, of a file to be opened as far as they begin with what is typed. */
  private get entries(): Entry[] {
    const { name } = splitTyped(this.typed, this.typedFrom, this.home);
    const { mode } = this.options;
    return (
      (this.listing?.entries ?? [])
        .filter(({ kind }) => kind === 'folder' || (mode === 'save' ? kind === 'file' : mode === 'open' && kind !== 'other'))
        // Hidden ones, as Unix has them, are shown once their dot is typed.
        .filter((entry) => !entry.name.startsWith('.') || name.startsWith('.'))
        .filter((entry) => this.mayBeNew || entry.name.toLowerCase().startsWith(name.toLowerCase()))
        .sort(
          (a, b) =>
            Number(b.kind === 'folder') - Number(a.kind === 'folder') ||
            a.name.localeCompare(b.name, undefined, { numeric: true }),
        )
        .slice(0, SHOWN_ENTRIES)
    );
  }

  /** Lists a folder. In the field there is from now on what was typed behind it, or `typed`, which the user may go on with. */
  private enter(folder: string, typed?: string): Promise<boolean> {
    this.requested = folder;
    this.message = { text: `Reading ${folder}…`, wrong: false };
    if (typed !== undefined) {
      this.typedFrom = folder;
      this.setTyped(typed);
    }
    const reading = this.list(folder).finally(() => {
      if (this.reading === reading) this.reading = null;
      this.draw();
    });
    this.reading = reading;
    this.draw();
    return reading;
  }

  private async list(folder: string): Promise<boolean> {
    try {
      const listing = await this.host.request('files/list', { folder }, this.lifetime.signal);
      if (this.requested !== folder) return false;
      const { name } = splitTyped(this.typed, this.typedFrom, this.home);
      this.listing = listing;
      this.typedFrom = folder;
      this.setTyped(name);
      this.selected = this.mayBeNew || name === '' ? -1 : 0;
      this.message = listing.truncated
        ? { text: `Only ${listing.entries.length} entries are shown: type a name.`, wrong: false }
        : null;
      return true;
    } catch (error) {
      if (this.requested !== folder) return false;
      if (this.typedFrom === folder) this.typedFrom = this.folder;
      if (!isCancellation(error)) this.message = { text: showError(error).message, wrong: true };
      return false;
    }
  }

  private setTyped(typed: string): void {
    this.typed = typed;
    const field = this.field();
    if (field.value !== typed) field.value = typed;
  }

  private field(): HTMLInputElement {
    return this.modal.element.querySelector('input')!;
  }

  private readonly onInput = (): void => {
    this.typed = this.field().value;
    this.message = null;
    const { folder, name } = splitTyped(this.typed, this.typedFrom, this.home);
    this.selected = name === '' || this.mayBeNew ? -1 : 0;
    // A separator was typed: what was before it is a folder now.
    if (folder === (this.reading ? this.requested : this.folder)) this.draw();
    else void this.enter(folder);
  };

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    const entries = this.entries;
    const last = entries.length - 1;
    const moves: Record<string, number> = {
      ArrowDown: Math.min(last, this.selected + 1),
      ArrowUp: Math.max(0, this.selected - 1),
      PageDown: Math.min(last, this.selected + 10),
      PageUp: Math.max(0, this.selected - 10),
    };
    const move = event.altKey ? undefined : moves[event.key];
    if (move !== undefined && last >= 0) this.select(move);
    else if (event.key === 'Enter') void this.accept(entries[this.selected]);
    else if (event.key === 'ArrowUp' && event.altKey) this.up();
    else if (event.key === 'Backspace' && this.typed === '') this.up();
    else return;
    event.preventDefault();
  };

  private select(index: number): void {
    this.selected = index;
    this.draw();
    this.modal.element.querySelector(`#dw-choose-${index}`)?.scrollIntoView({ block: 'nearest' });
  }

  private readonly up = (): void => {
    if (this.listing?.parent) void this.enter(this.listing.parent, '');
  };

  /** Goes into a folder, or takes the file. @param isFinal by the button: a folder that is asked for is taken, not gone into */
  private async accept(entry: Entry | undefined, isFinal = false): Promise<void> {
    // What is listed is of the folder before: a file of the same name there is another one.
    const typed = splitTyped(this.typed, this.typedFrom, this.home).folder;
    if (this.reading || typed !== this.folder) {
      if (!(await (this.reading ?? this.enter(typed)))) return;
      entry = this.entries[this.selected];
    }
    if (this.options.mode === 'folder') return this.acceptFolder(entry, isFinal);
    const saving = this.options.mode === 'save';
    if (entry?.kind === 'folder') return void (await this.enter(joinPath(this.folder, entry.name), saving ? this.typed : ''));
    if (entry && !saving) return this.finish(joinPath(this.folder, entry.name));
    if (entry && saving && entry.name !== this.typed) return this.takeName(entry);
    const { name } = splitTyped(this.typed, this.folder, this.home);
    if (name === '') return this.say(saving ? 'Type a name for the file.' : 'Select a file, or type its path.');
    const existing = this.listing?.entries.find((candidate) => candidate.name === name);
    if (existing?.kind === 'folder') return void (await this.enter(joinPath(this.folder, name), ''));
    if (saving && existing) return this.say(`${name} is there already, and is not replaced. Type another name.`);
    // Of a folder with more entries than are listed, it may be one of the others: whoever opens it finds out.
    if (!saving && !existing && !this.listing?.truncated) return this.say(`There is no ${name} in ${this.folder}.`);
    this.finish(joinPath(this.folder, name));
  }

  private acceptFolder(entry: Entry | undefined, isFinal: boolean): void {
    if (entry && !isFinal) return void this.enter(joinPath(this.folder, entry.name), '');
    const name = entry?.name ?? splitTyped(this.typed, this.folder, this.home).name;
    if (name === '') return this.finish(this.folder);
    const existing = this.listing?.entries.find((candidate) => candidate.name === name);
    if (existing && existing.kind !== 'folder') return this.say(`${name} is there, and is no folder. Type another name.`);
    this.finish(joinPath(this.folder, name));
  }

  private emptyText(): string {
    return this.options.mode === 'open' && this.typed !== ''
      ? 'Nothing in this folder fits.'
      : 'There is nothing to show in this folder.';
  }

  private takeName(entry: Entry): void {
    this.setTyped(entry.name);
    this.say(`${entry.name} is there already, and is not replaced. Type another name.`);
  }

  private say(text: string): void {
    this.message = { text, wrong: true };
    this.draw();
  }

  private draw(): void {
    if (!this.lifetime.signal.aborted) this.modal.draw(this.content());
  }

  private content(): TemplateResult {
    const { options, message, selected } = this;
    const entries = this.listing ? this.entries : [];
    const { action, label, placeholder } = WORDS[options.mode];
    return html`<h2>${options.title}</h2>
      <div class="dw-dialog-body dw-choose">
        <p class="dw-choose-folder">${printable(this.folder)}</p>
        <div class="dw-choose-path">
          <button
            type="button"
            class="dw-icon-button"
            title="Folder above (Alt+Up)"
            aria-label="Folder above"
            ?disabled=${!this.listing?.parent}
            @click=${this.up}
          >
            <i class="codicon codicon-arrow-up" aria-hidden="true"></i>
          </button>
          <input
            class="dw-input"
            type="text"
            spellcheck="false"
            autocomplete="off"
            role="combobox"
            aria-label=${label}
            aria-autocomplete="list"
            aria-expanded="true"
            aria-controls="dw-choose-list"
            aria-activedescendant=${entries[selected] ? `dw-choose-${selected}` : nothing}
            placeholder=${placeholder}
            @input=${this.onInput}
            @keydown=${this.onKeyDown}
          />
        </div>
        <ul id="dw-choose-list" class="dw-choose-list" role="listbox" aria-label="Entries of ${printable(this.folder)}">
          ${entries.map((entry, index) => this.row(entry, index))}
        </ul>
        <p class="dw-choose-message ${message?.wrong ? 'dw-wrong' : ''}" role="status">
          ${(message && printable(message.text)) ?? (this.listing && entries.length === 0 ? this.emptyText() : nothing)}
        </p>
      </div>
      <div class="dw-dialog-buttons">
        <button type="button" class="dw-button" @click=${() => this.finish(undefined)}>Cancel</button>
        <button type="button" class="dw-button dw-primary" @click=${() => this.accept(entries[selected], true)}>${action}</button>
      </div>`;
  }

  private row(entry: Entry, index: number): TemplateResult {
    return html`<li
      id="dw-choose-${index}"
      class="dw-choose-entry"
      role="option"
      aria-selected=${index === this.selected}
      @pointerdown=${(event: Event) => event.preventDefault()}
      @click=${() => this.select(index)}
      @dblclick=${() => this.accept(entry)}
    >
      <i class="codicon codicon-${ICONS[entry.kind]}" aria-hidden="true"></i>
      <span class="dw-choose-name" title=${printable(entry.name)}>${printable(entry.name)}</span>
      ${entry.kind === 'file' ? html`<span>${sizeText(entry.size)}</span>` : entry.kind === 'device' ? html`<span>device</span>` : nothing}
    </li>`;
  }
}
