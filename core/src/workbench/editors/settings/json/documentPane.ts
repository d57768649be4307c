import { Widget } from '@lumino/widgets';
import { html, render } from 'lit';
import { StaleError } from '@diskwright/sdk/errors';
import { Disposables, type EditorInput, type EditorPane } from '../../../api';
import { readUserKeybindings } from '../../../services/keys/userKeybindings';
import type { Services } from '../../../services/workbench';
import { errorBlock } from '../../../widgets/shared/blocks';
import './documentPane.css';
import { keybindingsSchema, settingsSchema } from './documentSchemas';
import type * as Monaco from './monaco';

type CodeEditor = Monaco.monaco.editor.IStandaloneCodeEditor;
type TextModel = Monaco.monaco.editor.ITextModel;

export type DocumentName = 'settings' | 'keybindings';

/** settings.json or keybindings.json as text. Monaco is loaded when the first of them is opened. */
export class DocumentPane extends Widget implements EditorPane {
  private readonly area = document.createElement('div');
  private readonly problems = document.createElement('ul');
  private readonly owned = new Disposables();
  private editor: CodeEditor | null = null;
  private model: TextModel | null = null;
  /** As it was read or written last. */
  private saved = { text: '', digest: '' };

  constructor(
    readonly input: EditorInput,
    private readonly services: Services,
  ) {
    super();
    this.addClass('dw-document');
    this.title.label = `${this.document}.json`;
    this.title.iconClass = 'codicon codicon-json';
    this.title.closable = true;
    this.area.className = 'dw-document-text';
    this.problems.className = 'dw-document-problems';
    this.problems.setAttribute('aria-label', 'Problems');
    this.node.append(this.problems, this.area);
    this.area.textContent = 'Loading the editor…';
    void this.load();
  }

  get document(): DocumentName {
    return this.input.key === 'keybindings' ? 'keybindings' : 'settings';
  }

  unsaved(): string | null {
    if (!this.model || this.model.getValue() === this.saved.text) return null;
    return `${this.title.label} holds changes that are not saved.`;
  }

  /** Writes it; asks what to do when somebody else has written it meanwhile. */
  async save(): Promise<void> {
    if (!this.model) return;
    const text = this.model.getValue();
    try {
      await this.write(text, this.saved.digest);
    } catch (error) {
      if (!(error instanceof StaleError)) throw error;
      await this.resolveConflict(text);
    }
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.owned.dispose();
    super.dispose();
  }

  protected override onActivateRequest(): void {
    if (this.editor) this.editor.focus();
    else {
      this.node.tabIndex = -1;
      this.node.focus();
    }
  }

  private async load(): Promise<void> {
    const { host, commands, theme } = this.services;
    try {
      const [loaded, answer, schema] = await Promise.all([
        import(/* webpackChunkName: "monaco" */ './monaco'),
        host.request('settings/read', { document: this.document }),
        this.document === 'settings'
          ? host.request('settings/schema', {}).then(({ groups }) => settingsSchema(groups))
          : keybindingsSchema(commands.all()),
      ]);
      if (this.isDisposed) return;
      loaded.applyTheme(theme.current);
      this.owned.add(theme.onDidChange((id) => loaded.applyTheme(id)));
      this.saved = { text: answer.text, digest: answer.digest };
      this.title.caption = answer.path;
      this.display(loaded, schema);
    } catch (error) {
      if (this.isDisposed) return;
      render(errorBlock(`${this.title.label} cannot be opened`, error), this.area);
    }
  }

  private display(loaded: typeof Monaco, schema: object): void {
    const hadFocus = document.activeElement === this.node;
    this.area.textContent = '';
    const { editor, model } = loaded.createJsonEditor(this.area, {
      path: `/${this.title.label}`,
      schema,
      text: this.saved.text || emptyText(this.document),
      label: this.title.label,
    });
    if (this.saved.text === '') this.saved.text = model.getValue();
    this.editor = this.owned.add(editor);
    this.model = this.owned.add(model);
    const judge = (): void => {
      if (this.document === 'keybindings') loaded.setProblems(model, readUserKeybindings(model.getValue()).problems);
      // The tab shows whether there is something to save.
      this.title.dataset = { ...this.title.dataset, unsaved: String(this.unsaved() !== null) };
    };
    this.owned.add(model.onDidChangeContent(judge));
    judge();
    if (this.document === 'settings') {
      this.owned.add(this.services.settings.onDidChange(() => this.showProblems()));
      this.showProblems();
    }
    this.owned.add(
      this.services.host.on('settings/changed', ({ document: changed }) => {
        if (changed === this.document) void this.follow().catch((error: unknown) => this.services.notifications.error(error));
      }),
    );
    if (hadFocus) editor.focus();
  }

  /** Takes over what somebody else wrote, unless there are changes here: those are asked about when they are saved. */
  private async follow(): Promise<void> {
    const { text, digest } = await this.services.host.request('settings/read', { document: this.document });
    if (digest === this.saved.digest || this.isDisposed || this.unsaved() !== null) return;
    this.take(text, digest);
  }

  private async write(text: string, expected: string): Promise<void> {
    const { digest } = await this.services.host.request('settings/write', { document: this.document, text, digest: expected });
    this.saved = { text, digest };
    this.title.dataset = { ...this.title.dataset, unsaved: 'false' };
  }

  private async resolveConflict(text: string): Promise<void> {
    const { host, dialogs } = this.services;
    const answer = await dialogs.show({
      title: `${this.title.label} was changed elsewhere`,
      body: 'Another window or program has written this file since it was read here.',
      buttons: [
        { label: 'Keep editing', kind: 'primary' },
        { label: 'Take the other version' },
        { label: 'Write this version', kind: 'danger' },
      ],
    });
    if (answer !== 1 && answer !== 2) return;
    const other = await host.request('settings/read', { document: this.document });
    if (answer === 1) this.take(other.text, other.digest);
    else await this.write(text, other.digest);
  }

  private take(text: string, digest: string): void {
    this.saved = { text, digest };
    // As an edit, so that it can be undone.
    this.model?.pushEditOperations([], [{ range: this.model.getFullModelRange(), text }], () => null);
  }

  private showProblems(): void {
    render(
      this.services.settings.problems.map((problem) => html`<li>${problem}</li>`),
      this.problems,
    );
  }
}

function emptyText(name: DocumentName): string {
  return name === 'settings' ? '{\n  \n}\n' : '[\n  \n]\n';
}
