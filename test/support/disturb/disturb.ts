/** Processes whose system calls are counted, recorded, ended by a kill, or made to fail: see disturb.c. */
import { join } from 'node:path';
import { must } from '../tool';

/** Which calls count: write, sync, rename, truncate, zero or discard, create, read, large allocation, allocation by the native engine. */
export type CallLetters = string;

export interface Disturbance {
  /** Files and folders. */
  paths: string[];
  calls?: CallLetters;
  /** Number of the call at which something happens, from 1. */
  at?: number;
  /** `before`, `after` or `torn`: the process is killed. An errno as text: the call fails; see disturb.c. */
  how?: string;
  countFile?: string;
  recordFile?: string;
}

/** Builds the library that is preloaded, in a folder. */
export async function buildDisturber(folder: string): Promise<string> {
  const library = join(folder, 'disturb.so');
  const source = join(import.meta.dirname, 'disturb.c');
  await must('cc', '-shared', '-fPIC', '-O2', '-Wall', '-fexceptions', '-o', library, source, '-ldl', '-lpthread');
  return library;
}

/** The environment in which a process is disturbed. */
export function disturbed(library: string, { paths, calls, at, how, countFile, recordFile }: Disturbance): NodeJS.ProcessEnv {
  return {
    LD_PRELOAD: library,
    DISTURB_PATHS: paths.join(':'),
    // Its requests would pass the library by.
    UV_USE_IO_URING: '0',
    ...(calls && { DISTURB_CALLS: calls }),
    ...(at && { DISTURB_AT: String(at) }),
    ...(how && { DISTURB_HOW: how }),
    ...(countFile && { DISTURB_COUNT: countFile }),
    ...(recordFile && { DISTURB_RECORD: recordFile }),
  };
}
