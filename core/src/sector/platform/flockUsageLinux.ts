import { readFileSync } from 'node:fs';
import type { Usage } from '../contracts';
import type { FileNumber } from './loopBackingLinux';
import { programName } from './programNameLinux';

/** `1: FLOCK  ADVISORY  WRITE 4711 fd:00:131 0 EOF`: type, access, process, device in hexadecimal, inode (proc(5)). */
const FLOCK = /^\d+: FLOCK +\S+ +(READ|WRITE) +(-?\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /gm;

/**
 * Who holds a file by flock, which the locks on its bytes do not show. Looked up and not tried, since a lock that is held for a
 * moment would be in the way of others.
 * @param name how to call the file
 */
export function flockUsage(file: FileNumber, name: string): Usage[] {
  return [...locks().matchAll(FLOCK)].flatMap(([, access, pid, major, minor, inode]) => {
    const isIt = parseInt(major!, 16) === file.major && parseInt(minor!, 16) === file.minor && Number(inode) === file.inode;
    if (!isIt || Number(pid) === process.pid) return [];
    const writes = access === 'WRITE';
    return [{ text: `${programName(pid!)} holds ${writes ? 'an exclusive' : 'a shared'} lock on ${name}.`, writes }];
  });
}

function locks(): string {
  try {
    return readFileSync('/proc/locks', 'latin1');
  } catch {
    return '';
  }
}
