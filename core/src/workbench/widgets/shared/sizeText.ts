import { formatSize } from '../../../common/text/size';
import type { SettingsService } from '../../api';

const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Bytes in the units of the setting `layout.sizes`: powers of 1024 (`1.5 GiB`) or of 1000 (`1.6 GB`). */
export function sizeText(bytes: number, settings: SettingsService): string {
  return settings.get<unknown>('layout.sizes') === 'decimal' ? formatDecimalSize(bytes) : formatSize(bytes);
}

/** Bytes for people, powers of 1000 with at most one decimal: `1.6 GB`. */
export function formatDecimalSize(bytes: number): string {
  let value = bytes;
  let power = 0;
  while ((value >= 100 ? Math.round(value) : value) >= 1000 && power < DECIMAL.length - 1) {
    value /= 1000;
    power++;
  }
  return `${Number.isInteger(value) || value >= 100 ? Math.round(value) : value.toFixed(1)} ${DECIMAL[power]}`;
}

/** The bytes of a size with blanks between the thousands: `1 572 864 bytes`. */
export function exactSizeText(bytes: number): string {
  return `${String(bytes).replace(/\B(?=(\d{3})+$)/g, '\u202f')} byte${bytes === 1 ? '' : 's'}`;
}
