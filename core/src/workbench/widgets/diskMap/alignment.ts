const MEBIBYTE = 1024 * 1024;

/** How a partition begins: on a whole mebibyte, as all tools do today; on 4 KiB, which no disk suffers from; or on neither. */
export type Alignment = 'mebibyte' | 'block' | 'none';

export function alignmentOf(start: number): Alignment {
  if (start % MEBIBYTE === 0) return 'mebibyte';
  return start % 4096 === 0 ? 'block' : 'none';
}

const TEXTS: Record<Alignment, string> = {
  mebibyte: 'aligned to 1 MiB',
  block: 'aligned to 4 KiB, not to 1 MiB',
  none: 'not aligned to 4 KiB: slow on disks with 4096-byte sectors',
};
export const alignmentText = (start: number): string => TEXTS[alignmentOf(start)];
