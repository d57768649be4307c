import type { FileHandle } from 'node:fs/promises';

/** Writes all of the bytes at a position: the system may take less than it is given. @throws the system's error */
export async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
