import { formatSize } from '../../../common/text/size';
import { Emitter, type SettingsService } from '../../api';

const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
/** One choice for all of the page, so that no view shows a size in other units than the one beside it. */
let isDecimal = false;
const changed = new Emitter<void>();

/** Fires when sizes are shown in other units from now on. */
export const onDidChangeSizes = changed.event;

/** Takes the units from the setting `layout.sizes`, now and whenever it changes. */
export function followSizeSetting(settings: SettingsService): void {
  const follow = (): void => {
    const wanted = settings.get<unknown>('layout.sizes') === 'decimal';
    if (wanted === isDecimal) return;
    isDecimal = wanted;
    changed.fire();
  };
  settings.onDidChange(follow);
  follow();
}

/** Bytes in the units of the setting `layout.sizes`: powers of 1024 (`1.5 GiB`) or of 1000 (`1.6 GB`). */
export function sizeText(bytes: number): string {
  return isDecimal ? formatDecimalSize(bytes) : formatSize(bytes);
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

/** As {@link sizeText}, with the exact number of bytes: `1.5 MiB (1 572 864 bytes)`. */
export function exactSizeText(bytes: number): string {
  const exact = `${String(bytes).replace(/\B(?=(\d{3})+$)/g, '\u202f')} byte${bytes === 1 ? '' : 's'}`;
  return bytes < 1000 ? exact : `${sizeText(bytes)} (${exact})`;
}
