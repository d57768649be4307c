import type { SettingsService } from '../../api';
import type { GridSettings } from '../grid/gridLayout';
import { offsetFormats, type OffsetFormat } from '../model/offsetFormat';

/** Keys of the settings that concern sectors; the host's schema describes them. */
export const settingKeys = {
  bytesPerRow: 'sectors.bytesPerRow',
  groupBytes: 'sectors.groupBytes',
  offsetFormat: 'sectors.offsetFormat',
  fontSize: 'sectors.fontSize',
} as const;

const number = (value: unknown, least: number, most: number, otherwise: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : otherwise;

/** What is not set, or set to what cannot be, is as it is by default. */
export function gridSettings(settings: SettingsService): GridSettings {
  const format = settings.get<OffsetFormat>(settingKeys.offsetFormat);
  return {
    bytesPerRow: number(settings.get(settingKeys.bytesPerRow), 0, 64, 0),
    groupBytes: number(settings.get(settingKeys.groupBytes), 0, 64, 8),
    offsetFormat: offsetFormats.includes(format) ? format : 'hexadecimal',
    fontSizePixels: number(settings.get(settingKeys.fontSize), 8, 32, 13),
  };
}
