/** Runs a command to its end; with `memory`, samples the largest PSS of its process tree; its output is dropped, or becomes the file `into`. Rejects unless it ends with 0. */
export function run(
  command: string,
  args: string[],
  options?: { env?: Record<string, string>; memory?: boolean; into?: string },
): Promise<{ milliseconds: number; pss: number; processes: number }>;
export function median(values: number[]): number;
export const root: string;
export const diskwright: string;
