/** Whether a process of this id runs now, whoever's it is. False for what is no id; an id may have come to another process meanwhile. */
export function isProcessAlive(pid: number): boolean {
  // Zero and negative ones name groups of processes.
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
