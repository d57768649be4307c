import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RefusedError } from '@diskwright/sdk/errors';
import { flushFolder } from '../../files/flushFolder';
import type { PackageLimits } from './packageLimits';
import { foldedPath, pathProblem } from './packagePath';

/**
 * Writes the files of a package into an empty folder, refusing whatever a package has no need of. Nothing is ever written over, and no link is followed,
 * as none is made. The folder is for the caller to remove when it fails.
 */
export class PackageWriter {
  private readonly folders = new Set<string>(['']);
  /** Path as it is, by how it is folded. */
  private readonly taken = new Map<string, string>();
  private readonly digests: string[] = [];
  private totalBytes = 0;
  private entries = 0;

  /** @param folder absolute, empty */
  constructor(
    private readonly folder: string,
    private readonly limits: PackageLimits,
  ) {}

  /** @throws RefusedError when there are too many, or the path is none that a package may have */
  async addFolder(path: string): Promise<void> {
    this.requireEntry(path);
    await this.makeFolder(path.replace(/\/$/, ''));
  }

  /** Refuses a file by what its header says, before any byte of it is taken. @throws RefusedError */
  requireFile(path: string, bytes: number): void {
    this.requireEntry(path);
    const { fileBytes, totalBytes } = this.limits;
    if (path.endsWith('/')) throw refused(path, 'is a file with the name of a folder');
    if (bytes > fileBytes) throw refused(path, `has ${bytes} bytes; ${fileBytes} is the most`);
    this.totalBytes += bytes;
    if (this.totalBytes > totalBytes) throw new RefusedError(`the package has more than ${totalBytes} bytes unpacked`);
  }

  /** Writes a file that was let in, flushed. @param executable whether it may be started as a program */
  async addFile(path: string, content: Buffer, executable: boolean): Promise<void> {
    const parent = dirname(path);
    await this.makeFolder(parent === '.' ? '' : parent);
    this.claim(path);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await open(join(this.folder, path), flags, executable ? 0o755 : 0o644);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    const digest = createHash('sha512').update(content).digest('hex');
    this.digests.push(`${JSON.stringify(path)} ${executable ? 'x' : '-'} ${digest}`);
  }

  /** Flushes the folders. @returns a digest of paths and contents of all files, SRI */
  async finish(): Promise<string> {
    for (const path of this.folders) await flushFolder(join(this.folder, path));
    return `sha512-${createHash('sha512').update(this.digests.sort().join('\n')).digest('base64')}`;
  }

  private requireEntry(path: string): void {
    if (++this.entries > this.limits.entries) throw new RefusedError(`the package has more than ${this.limits.entries} files`);
    const problem = pathProblem(path, this.limits);
    if (problem !== null) throw refused(path, problem);
  }

  /** Each folder on the way is made, and has its own name. */
  private async makeFolder(path: string): Promise<void> {
    if (this.folders.has(path)) return;
    const parent = dirname(path);
    await this.makeFolder(parent === '.' ? '' : parent);
    this.claim(path);
    await mkdir(join(this.folder, path), { mode: 0o755 });
    this.folders.add(path);
  }

  private claim(path: string): void {
    const folded = foldedPath(path);
    const other = this.taken.get(folded);
    if (other === path) throw refused(path, 'is there twice');
    if (other !== undefined)
      throw refused(path, `is the same as ${JSON.stringify(other)} where upper and lower case are not told apart`);
    this.taken.set(folded, path);
  }
}

/** @param problem what is wrong with the entry: `is a link` */
export function refused(path: string, problem: string): RefusedError {
  return new RefusedError(`the package is refused: ${JSON.stringify(path.slice(0, 256))} ${problem}`);
}
