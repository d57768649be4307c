import type { editor } from 'monaco-editor/editor/editor.api.js';
import type { ThemeId } from '../../../services/theme';

const BASES: Record<ThemeId, editor.BuiltinTheme> = {
  dark: 'vs-dark',
  light: 'vs',
  'high-contrast-dark': 'hc-black',
  'high-contrast-light': 'hc-light',
};

/** Monaco's names of colours, and which of our variables they take. */
const COLOURS: Record<string, string> = {
  'editor.background': '--dw-background',
  'editor.foreground': '--dw-foreground',
  'editorLineNumber.foreground': '--dw-foreground-muted',
  'editorLineNumber.activeForeground': '--dw-foreground',
  'editor.selectionBackground': '--dw-text-selection',
  'editorWidget.background': '--dw-surface-raised',
  'editorWidget.border': '--dw-border-strong',
  'editorSuggestWidget.background': '--dw-surface-raised',
  'editorSuggestWidget.selectedBackground': '--dw-selected-background',
  'editorSuggestWidget.selectedForeground': '--dw-selected-foreground',
  'editorSuggestWidget.highlightForeground': '--dw-match',
  'editorHoverWidget.background': '--dw-surface-raised',
  'editorHoverWidget.border': '--dw-border-strong',
  'editorError.foreground': '--dw-error',
  'editorWarning.foreground': '--dw-warning',
  'input.background': '--dw-input-background',
  'input.foreground': '--dw-input-foreground',
  focusBorder: '--dw-focus',
  foreground: '--dw-foreground',
  'list.hoverBackground': '--dw-hover',
  'menu.background': '--dw-surface-raised',
  'menu.foreground': '--dw-foreground',
  'menu.selectionBackground': '--dw-selected-background',
  'menu.selectionForeground': '--dw-selected-foreground',
};

/** @param style of the document, with our variables for the theme */
export function monacoTheme(theme: ThemeId, style: CSSStyleDeclaration): editor.IStandaloneThemeData {
  const colors = Object.entries(COLOURS)
    .map(([name, variable]) => [name, style.getPropertyValue(variable).trim()] as const)
    // Monaco reads hexadecimal colours only.
    .filter(([, value]) => /^#[0-9a-f]{6}$/i.test(value));
  return { base: BASES[theme], inherit: true, rules: [], colors: Object.fromEntries(colors) };
}
