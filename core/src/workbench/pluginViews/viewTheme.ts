import type { ViewTheme } from '@diskwright/sdk/view';

/** What of the workbench's look a view is given, by the names of its CSS variables without `--dw-`. */
const NAMES = [
  ...['foreground', 'foreground-strong', 'foreground-muted', 'foreground-disabled', 'background', 'surface', 'surface-raised'],
  ...['border', 'border-strong', 'contrast-border', 'focus', 'accent', 'link', 'hover', 'selected-background'],
  ...['selected-foreground', 'button-background', 'button-foreground', 'button-hover', 'button-secondary-background'],
  ...['button-secondary-foreground', 'input-background', 'input-foreground', 'error', 'warning', 'info', 'success'],
  ...['chart-blue', 'chart-green', 'chart-yellow', 'chart-orange', 'chart-red', 'chart-purple', 'chart-teal', 'chart-pink'],
  ...['chart-gray', 'font', 'font-mono', 'font-size', 'font-size-small'],
];

/** The theme as it is on the document now. */
export function currentViewTheme(): ViewTheme {
  const { documentElement } = document;
  const style = getComputedStyle(documentElement);
  const theme = documentElement.dataset['theme'] ?? 'light';
  return {
    dark: theme.endsWith('dark'),
    highContrast: theme.startsWith('high-contrast'),
    colors: Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--dw-${name}`).trim()])),
  };
}
