import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { MasterFileTable } from '../records/masterFileTable';
import { readPieces } from '../records/readPieces';
import { SystemRecord, systemData } from '../records/systemData';
import { applyUpdateSequence } from '../records/updateSequence';
import { restartArea, restartPage } from '../structures/logRestart';

const NO_CLIENT = 0xffff;
const CLEAN = 2;
const PAGE_BYTES = 4096;
const LARGEST_PAGE_BYTES = 65536;
const EMPTY = 0xff;

/** Whether anything in $LogFile is left to be done. */
export interface LogState {
  isClean: boolean;
  /** What it is like, for people. */
  words: string;
}

/**
 * Looks at the restart pages of the log, of which the newer counts (ntfs-3g, logfile.c): it is clean when nobody has it open, or the volume was dismounted in
 * order. A log of 0xff alone is one that was emptied. Version 2 is what Windows leaves while it keeps changes back for a fast start.
 * @throws what `read` throws
 */
export async function readLogState(table: MasterFileTable, signal: AbortSignal): Promise<LogState> {
  const pages: Buffer[] = [];
  try {
    const log = await systemData(table, SystemRecord.LOG, signal);
    if (!log.runs) return { isClean: false, words: 'missing' };
    const read = (offset: number, length: number): Promise<Buffer> =>
      readPieces(table.source, log.runs!, offset, Math.min(length, Math.max(0, log.size - offset)), signal);
    const first = await read(0, PAGE_BYTES);
    const isRestart = first.length >= restartPage.size && /^(RSTR|CHKD)$/.test(restartPage.read(first).magic);
    const said = isRestart ? restartPage.read(first).systemPageBytes : PAGE_BYTES;
    const pageBytes = said >= 512 && said <= LARGEST_PAGE_BYTES && (said & (said - 1)) === 0 ? said : PAGE_BYTES;
    pages.push(await read(0, pageBytes), await read(pageBytes, pageBytes));
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    return { isClean: false, words: 'damaged' };
  }
  if (pages.every((page) => page.length > 0 && page.every((byte) => byte === EMPTY))) return { isClean: true, words: 'empty' };
  const restarts = pages.flatMap((page) => restartOf(page) ?? []).sort((a, b) => (a.lsn < b.lsn ? 1 : -1));
  const [newest] = restarts;
  if (!newest) return { isClean: false, words: 'damaged' };
  if (newest.version >= 2)
    return { isClean: false, words: `version ${newest.version}: Windows keeps changes back for a fast start` };
  return newest.isClean ? { isClean: true, words: 'clean' } : { isClean: false, words: 'changes are left to be made' };
}

function restartOf(page: Buffer): { lsn: bigint; isClean: boolean; version: number } | null {
  if (page.length < restartPage.size || !/^(RSTR|CHKD)$/.test(restartPage.read(page).magic)) return null;
  if (!applyUpdateSequence(page, 0, page.length)) return null;
  const { restartOffset, majorVersion } = restartPage.read(page);
  if (restartOffset < restartPage.size || restartOffset > page.length - restartArea.size) return null;
  const { currentLsn, clientsInUse, flags } = restartArea.read(page, restartOffset);
  return { lsn: currentLsn, isClean: clientsInUse === NO_CLIENT || (flags & CLEAN) !== 0, version: majorVersion };
}
