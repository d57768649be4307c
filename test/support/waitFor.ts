/** Waits until a condition of another process holds, looking every few milliseconds. */
export async function waitFor(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited for 20 s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
