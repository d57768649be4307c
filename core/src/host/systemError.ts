/** Why a call of the system failed, in words: of `EACCES: permission denied, mkdir '/x'` that is `permission denied`. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^E[A-Z0-9]+: (.+?)(?:, [a-z]+(?: '.*')?)?$/s.exec(message)?.[1] ?? message;
}

/** Whether something could not be written for want of room, in this process or in one that told of it. */
export function isOutOfSpace(error: unknown): boolean {
  return error instanceof Error && /\b(ENOSPC|EDQUOT)\b/.test(error.message);
}
