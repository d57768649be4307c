import { open } from 'node:fs/promises';

/** Writes into a file behind everybody's back. */
export async function poke(path: string, offset: number, bytes: string | readonly number[]): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(typeof bytes === 'string' ? Buffer.from(bytes) : Uint8Array.from(bytes), 0, null, offset);
  } finally {
    await file.close();
  }
}
