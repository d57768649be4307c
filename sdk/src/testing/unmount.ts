import { runTool, tryTool } from './runTool';

/** Somebody who looks at all mounts of the machine makes each of them busy for a moment. */
const TRIES = 50;
const PAUSE_MILLISECONDS = 100;

/** Unmounts what is mounted at a folder. @throws Error when it stays busy */
export function unmount(folder: string): void {
  for (let left = TRIES; left > 0; left--) {
    const { status, output } = tryTool('umount', [folder]);
    if (status === 0) return;
    if (!/busy/.test(output)) break;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MILLISECONDS);
  }
  runTool('umount', [folder]);
}
