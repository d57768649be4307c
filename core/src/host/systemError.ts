/** Why a call of the system failed, in words: of `EACCES: permission denied, mkdir '/x'` that is `permission denied`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return /^E[A-Z0-9]+: (.+?)(?:, [a-z]+(?: '.*')?)?$/s.exec(error.message)?.[1] ?? error.message;
}
