import { FailedError } from '@diskwright/sdk/errors';
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFully } from '../writeFully';

/** A file that only grows. Whoever opened it closes it. */
export interface AppendFile {
  /** Bytes that it holds. */
  readonly size: number;
  /**
   * Appends bytes and answers where they begin. They are on the medium after the next {@link sync}; calls are carried out one after
   * the other by the caller.
   * @throws FailedError when there is no room
   */
  append(bytes: Buffer): Promise<number>;
  sync(): Promise<void>;
  /** @throws FailedError when the file has not as many bytes */
  read(position: number, length: number): Promise<Buffer>;
  /** Cuts off what stands behind `size` bytes, such as a record that a crash tore. */
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** A file that is written at any place. Whoever opened it closes it. */
export interface SparseFile {
  /** @throws FailedError when there is no room */
  write(position: number, bytes: Buffer): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The files of a job, as the job needs them: an interface of its own, so that a loss of power can be tried out on them. */
export interface JobFiles {
  /** Opens a file for appending, and makes it, on the medium, when it is missing. */
  openAppend(name: string): Promise<AppendFile>;
  /** Makes a file of holes, of `size` bytes, in place of one of that name. It is there, on the medium, after its next sync. */
  openSparse(name: string, size: number): Promise<SparseFile>;
  /** Replaces a file as a whole: at any time either the old or the new one stands there. On the medium when it resolves. */
  replace(name: string, bytes: Buffer): Promise<void>;
  /** @throws FailedError when the file has not as many bytes */
  readRange(name: string, position: number, length: number): Promise<Buffer>;
  /** Null when there is no such file. */
  read(name: string): Promise<Buffer | null>;
  close(): Promise<void>;
}

const ROOM = 'Make room on the disk that holds the data folder.';

/** The files of a folder. */
export class FolderFiles implements JobFiles {
  private constructor(
    private readonly path: string,
    private readonly directory: FileHandle,
  ) {}

  static async open(path: string): Promise<FolderFiles> {
    return new FolderFiles(path, await open(path, 'r'));
  }

  async openAppend(name: string): Promise<AppendFile> {
    const path = join(this.path, name);
    const file = await open(path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      await this.directory.sync();
      return new RealAppendFile(path, file, size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async openSparse(name: string, size: number): Promise<SparseFile> {
    const path = join(this.path, name);
    const file = await open(path, 'w', 0o600);
    try {
      await orFailed(path, () => file.truncate(size));
      await this.directory.sync();
      return new RealSparseFile(path, file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async replace(name: string, bytes: Buffer): Promise<void> {
    const path = join(this.path, name);
    await orFailed(path, async () => {
      const file = await open(`${path}.new`, 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      await this.directory.sync();
    });
  }

  async readRange(name: string, position: number, length: number): Promise<Buffer> {
    const path = join(this.path, name);
    const file = await open(path, 'r');
    try {
      return await readFully(path, file, position, length);
    } finally {
      await file.close();
    }
  }

  async read(name: string): Promise<Buffer | null> {
    return readFile(join(this.path, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
  }

  async close(): Promise<void> {
    await this.directory.close();
  }
}

class RealAppendFile implements AppendFile {
  constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    public size: number,
  ) {}

  async append(bytes: Buffer): Promise<number> {
    const position = this.size;
    await orFailed(this.path, () => this.file.appendFile(bytes));
    this.size += bytes.length;
    return position;
  }

  async sync(): Promise<void> {
    await orFailed(this.path, () => this.file.datasync());
  }

  async read(position: number, length: number): Promise<Buffer> {
    return readFully(this.path, this.file, position, length);
  }

  async truncate(size: number): Promise<void> {
    await orFailed(this.path, () => this.file.truncate(size));
    this.size = size;
    await this.sync();
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

async function readFully(path: string, file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new FailedError(`${path} ends after ${position + done} bytes; it was cut off`);
    done += bytesRead;
  }
  return bytes;
}

class RealSparseFile implements SparseFile {
  constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  async write(position: number, bytes: Buffer): Promise<void> {
    await orFailed(this.path, () => writeFully(this.file, bytes, position));
  }

  async sync(): Promise<void> {
    await orFailed(this.path, () => this.file.sync());
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

async function orFailed(path: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw new FailedError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`, { todo: ROOM });
  }
}
