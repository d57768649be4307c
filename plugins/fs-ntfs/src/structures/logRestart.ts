import { ascii, field, hex16, struct, u16, u32, u64 } from '@diskwright/sdk/struct';

const source = 'ntfs-3g, include/ntfs-3g/logfile.h';

/** The start of one of the two restart pages of $LogFile. */
export const restartPage = struct('NTFS log restart page', `${source}, RESTART_PAGE_HEADER`, {
  magic: field(ascii(4), '"RSTR", or "CHKD" behind a check'),
  fixupOffset: field(u16(), 'where the update sequence begins'),
  fixupCount: field(u16()),
  checkLsn: field(u64(), 'last change in the log that chkdsk found'),
  systemPageBytes: field(u32()),
  logPageBytes: field(u32()),
  restartOffset: field(u16(), 'where the restart area begins'),
  minorVersion: field(u16()),
  majorVersion: field(u16(), '1, or 2 while Windows keeps something back for a fast start'),
});

/** What a restart page holds. */
export const restartArea = struct('NTFS log restart area', `${source}, RESTART_AREA`, {
  currentLsn: field(u64()),
  clients: field(u16()),
  freeClients: field(u16()),
  clientsInUse: field(u16(), '0xffff: nobody uses the log'),
  flags: field(hex16(), 'bit 1: the volume was dismounted cleanly'),
});
