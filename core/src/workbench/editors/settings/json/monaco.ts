/** Monaco with JSON and plain text. Imported when the first text is opened: it is larger than all the rest of the page. */
import * as monaco from 'monaco-editor/editor/editor.api.js';
import 'monaco-editor/features/bracketMatching/register.js';
import 'monaco-editor/features/caretOperations/register.js';
import 'monaco-editor/features/clipboard/register.js';
import 'monaco-editor/features/codeEditor/register.js';
import 'monaco-editor/features/codicon/register.js';
import 'monaco-editor/features/comment/register.js';
import 'monaco-editor/features/contextmenu/register.js';
import 'monaco-editor/features/cursorUndo/register.js';
import 'monaco-editor/features/find/register.js';
import 'monaco-editor/features/folding/register.js';
import 'monaco-editor/features/format/register.js';
import 'monaco-editor/features/gotoError/register.js';
import 'monaco-editor/features/hover/register.js';
import 'monaco-editor/features/indentation/register.js';
import 'monaco-editor/features/linesOperations/register.js';
import 'monaco-editor/features/multicursor/register.js';
import 'monaco-editor/features/snippet/register.js';
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';
import 'monaco-editor/features/toggleTabFocusMode/register.js';
import 'monaco-editor/features/wordOperations/register.js';
import { jsonDefaults } from 'monaco-editor/languages/features/json/register.js';
import type { ThemeId } from '../../../services/theme';
import { monacoTheme } from './monacoTheme';

self.MonacoEnvironment = {
  getWorker: (_id, label) =>
    label === 'json'
      ? new Worker(new URL('monaco-editor/languages/features/json/json.worker.js', import.meta.url))
      : new Worker(new URL('monaco-editor/editor/editor.worker.js', import.meta.url)),
};

// Closes an editor everywhere else in the workbench.
monaco.editor.addKeybindingRule({ keybinding: monaco.KeyMod.Alt | monaco.KeyCode.KeyW, command: '-toggleFindWholeWord' });

const schemas = new Map<string, object>();

export interface JsonEditorOptions {
  /** The path of the file, for the language service: `/settings.json`. */
  path: string;
  schema: object;
  text: string;
  label: string;
}

/** An editor of one JSON document with its model; the caller disposes both. What hangs over it is removed with it. */
export function createJsonEditor(
  element: HTMLElement,
  { path, schema, text, label }: JsonEditorOptions,
): { editor: monaco.editor.IStandaloneCodeEditor; model: monaco.editor.ITextModel } {
  const uri = monaco.Uri.from({ scheme: 'diskwright', path });
  setSchema(uri.toString(), schema);
  const model = monaco.editor.createModel(text, 'json', uri);
  // Outside of the dock, whose parts clip what hangs over them.
  const overflow = document.createElement('div');
  overflow.className = 'monaco-editor dw-text-overflow';
  document.body.append(overflow);
  const editor = monaco.editor.create(element, {
    model,
    ariaLabel: label,
    automaticLayout: true,
    fixedOverflowWidgets: true,
    overflowWidgetsDomNode: overflow,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    tabSize: 2,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--dw-font-mono'),
    fontSize: 13,
    quickSuggestions: { strings: true, other: true, comments: false },
    suggest: { showWords: false },
    stickyScroll: { enabled: false },
  });
  editor.onDidDispose(() => overflow.remove());
  return { editor, model };
}

/** An editor of plain text that is only read; the caller disposes it. Controls and marks that turn text are shown as such. */
export function createTextViewer(element: HTMLElement, label: string): { setText(text: string): void; dispose(): void } {
  const model = monaco.editor.createModel('', 'plaintext');
  const editor = monaco.editor.create(element, {
    model,
    ariaLabel: label,
    automaticLayout: true,
    readOnly: true,
    domReadOnly: true,
    contextmenu: false,
    renderControlCharacters: true,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    occurrencesHighlight: 'off',
    selectionHighlight: false,
    links: false,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--dw-font-mono'),
    fontSize: 13,
    stickyScroll: { enabled: false },
  });
  return {
    setText: (text) => model.setValue(text),
    dispose: () => {
      editor.dispose();
      model.dispose();
    },
  };
}

/** The colours of the workbench for all editors. */
export function applyTheme(theme: ThemeId): void {
  monaco.editor.defineTheme('diskwright', monacoTheme(theme, getComputedStyle(document.documentElement)));
  monaco.editor.setTheme('diskwright');
}

/** Shows what is wrong in a document, beside what the language service finds itself. */
export function setProblems(
  model: monaco.editor.ITextModel,
  problems: readonly { message: string; offset: number; length: number }[],
): void {
  const markers = problems.map(({ message, offset, length }) => {
    const start = model.getPositionAt(offset);
    const end = model.getPositionAt(offset + Math.max(1, length));
    return {
      message,
      severity: monaco.MarkerSeverity.Error,
      startLineNumber: start.lineNumber,
      startColumn: start.column,
      endLineNumber: end.lineNumber,
      endColumn: end.column,
    };
  });
  monaco.editor.setModelMarkers(model, 'diskwright', markers);
}

function setSchema(uri: string, schema: object): void {
  schemas.set(uri, schema);
  jsonDefaults.setDiagnosticsOptions({
    validate: true,
    allowComments: true,
    comments: 'ignore',
    trailingCommas: 'ignore',
    enableSchemaRequest: false,
    schemas: [...schemas].map(([file, own]) => ({ uri: `${file}.schema`, fileMatch: [file], schema: own })),
  });
}

export type { monaco };
