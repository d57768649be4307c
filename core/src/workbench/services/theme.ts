import { Emitter, type SettingsService } from '../api';

export const THEMES = [
  { id: 'dark', label: 'Dark' },
  { id: 'light', label: 'Light' },
  { id: 'high-contrast-dark', label: 'High Contrast Dark' },
  { id: 'high-contrast-light', label: 'High Contrast Light' },
] as const;
export type ThemeId = (typeof THEMES)[number]['id'];

const isTheme = (value: unknown): value is ThemeId => THEMES.some(({ id }) => id === value);

/** Puts the theme of the settings on the document: `data-theme` chooses the values of the `--dw-…` variables. */
export class Theme {
  private readonly dark = matchMedia('(prefers-color-scheme: dark)');
  private readonly contrast = matchMedia('(prefers-contrast: more)');
  private readonly calm = matchMedia('(prefers-reduced-motion: reduce)');
  private previewed: string | null = null;
  private readonly changed = new Emitter<ThemeId>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly settings: SettingsService) {
    settings.onDidChange(() => this.apply());
    for (const query of [this.dark, this.contrast, this.calm]) query.addEventListener('change', () => this.apply());
    this.apply();
  }

  get current(): ThemeId {
    const wanted = this.previewed ?? this.settings.get<unknown>('workbench.theme');
    if (isTheme(wanted)) return wanted;
    const tone = this.dark.matches ? 'dark' : 'light';
    return this.contrast.matches ? `high-contrast-${tone}` : tone;
  }

  /** Shows a theme (or `system`) without choosing it; null goes back to the one of the settings. */
  preview(theme: string | null): void {
    this.previewed = theme;
    this.apply();
  }

  private apply(): void {
    const { dataset } = document.documentElement;
    const motion = this.settings.get<unknown>('workbench.reduceMotion');
    dataset.theme = this.current;
    if (motion === 'on' || (motion !== 'off' && this.calm.matches)) dataset.reduceMotion = '';
    else delete dataset.reduceMotion;
    this.changed.fire(this.current);
  }
}
