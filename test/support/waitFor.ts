import { isLong } from './longRun';

/** In a long run other work may take nearly all of the processors. */
const PATIENCE_SECONDS = isLong ? 600 : 20;

/** Waits until a condition of another process holds, looking every few milliseconds. */
export async function waitFor(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_SECONDS * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited for ${PATIENCE_SECONDS} s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
