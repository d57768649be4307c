import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Disposable } from '../../../api';
import { IS_MAC } from '../../../services/keybindings';
import { changeKeys, resetKeys } from '../../../services/keys/editUserKeybindings';
import { showKeys } from '../../../services/keys/strokes';
import type { Services } from '../../../services/workbench';
import { LightElement } from '../../../widgets/lightElement';
import { emptyBlock } from '../../../widgets/shared/blocks';
import '../../../widgets/shared/table';
import type { Table, TableColumn, TableContext } from '../../../widgets/shared/table';
import './keybindings.css';
import { recordKeys } from './recordKeys';

/** A command with one of its bindings, or without any. */
interface Row {
  command: string;
  title: string;
  keys: string | null;
  when: string | undefined;
  user: boolean;
  /** Other commands with the same keys and the same condition. */
  conflicts: string[];
}

const COLUMNS: TableColumn<Row>[] = [
  { id: 'title', title: 'Command', width: 340, text: ({ title }) => title },
  {
    id: 'keys',
    title: 'Keys',
    width: 170,
    text: ({ keys }) => keys ?? '',
    cell: ({ keys }) => (keys ? html`<kbd>${keys}</kbd>` : ''),
  },
  { id: 'when', title: 'When', width: 240, text: ({ when }) => when ?? '' },
  { id: 'source', title: 'Source', width: 90, text: ({ user }) => (user ? 'User' : 'Default') },
  { id: 'conflicts', title: 'Same keys', width: 240, text: ({ conflicts }) => conflicts.join(', ') },
];
const keyOfRow = ({ command, keys, when }: Row): string => [command, keys, when].join(' ');

/** All commands with their keys; they are changed by pressing others. */
@customElement('dw-keybindings')
export class KeybindingsEditor extends LightElement {
  @state() private query = '';
  @state() private selected: Row | null = null;

  constructor(private readonly services: Services) {
    super();
  }

  protected override attach(keep: (item: Disposable) => void): void {
    keep(this.services.keybindings.onDidChange(() => this.requestUpdate()));
    keep(this.services.commands.onDidChange(() => this.requestUpdate()));
  }

  protected override render(): TemplateResult {
    const rows = this.find();
    const { selected } = this;
    return html`<div class="dw-keybindings-head">
        <input
          class="dw-input"
          type="search"
          data-autofocus
          aria-label="Search commands and keys"
          placeholder="Search commands and keys"
          .value=${this.query}
          @input=${(event: Event) => (this.query = (event.target as HTMLInputElement).value)}
        />
        <button type="button" class="dw-button dw-primary" ?disabled=${!selected} @click=${() => this.changeKeys(selected!)}>
          Change keys…
        </button>
        <button type="button" class="dw-button" ?disabled=${!selected?.keys} @click=${() => this.removeKeys(selected!)}>
          Remove keys
        </button>
        <button type="button" class="dw-button" ?disabled=${!selected} @click=${() => this.resetKeys(selected!)}>Reset</button>
      </div>
      ${
        rows.length === 0
          ? emptyBlock('No command matches', 'Search for another word, or for keys as they are written: Ctrl+K.')
          : html`<dw-table
              label="Commands and their keys"
              .columns=${COLUMNS}
              .rows=${rows}
              .keyOf=${keyOfRow}
              @dw-select=${(event: CustomEvent<Row>) => (this.selected = event.detail)}
              @dw-activate=${(event: CustomEvent<Row>) => this.changeKeys(event.detail)}
              @dw-context=${(event: CustomEvent<TableContext<Row>>) => this.changeKeys(event.detail.row)}
            ></dw-table>`
      }`;
  }

  private find(): Row[] {
    const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    return this.rows().filter(({ command, title, keys, when }) => {
      const text = [command, title, keys, when].join(' ').toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  private rows(): Row[] {
    const { commands, keybindings } = this.services;
    const bindings = keybindings.all();
    const titleOf = (id: string): string => {
      const command = commands.get(id);
      return command ? [command.category, command.title].filter(Boolean).join(': ') : id;
    };
    const bound = bindings.map(({ strokes, command, when, user }) => ({
      command,
      title: titleOf(command),
      keys: showKeys(strokes, IS_MAC),
      when,
      user,
      conflicts: bindings
        .filter((other) => other.command !== command && other.strokes.join(' ') === strokes.join(' ') && other.when === when)
        .map((other) => titleOf(other.command)),
    }));
    const free = commands
      .all()
      .filter(({ id, hidden }) => !hidden && !bindings.some(({ command }) => command === id))
      .map(({ id }) => ({ command: id, title: titleOf(id), keys: null, when: undefined, user: false, conflicts: [] }));
    return [...bound, ...free].sort((a, b) => a.title.localeCompare(b.title));
  }

  private async changeKeys(row: Row): Promise<void> {
    const keys = await recordKeys(row.title, (pressed) =>
      this.rows()
        .filter((other) => other.keys === pressed && other.command !== row.command)
        .map(({ title }) => title),
    );
    if (keys === null) return;
    await this.write((text) => changeKeys(text, row, keys));
    this.querySelector<Table<Row>>('dw-table')?.select(keyOfRow({ ...row, keys }));
  }

  private async removeKeys(row: Row): Promise<void> {
    await this.write((text) => changeKeys(text, row, null));
  }

  private async resetKeys(row: Row): Promise<void> {
    await this.write((text) => resetKeys(text, row.command));
  }

  private async write(edit: (text: string) => string): Promise<void> {
    const { host, keybindings, notifications } = this.services;
    try {
      const { text, digest } = await host.request('settings/read', { document: 'keybindings' });
      await host.request('settings/write', { document: 'keybindings', text: edit(text), digest });
      await keybindings.load(host);
    } catch (error) {
      notifications.error(error);
    }
  }
}
