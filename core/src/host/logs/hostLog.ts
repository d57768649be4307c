import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../../common/text/printable';
import { ensureFolder } from '../paths';

/** Of the log, before it becomes the old one; so at most twice as much is kept. */
const MAX_BYTES = 1024 * 1024;
const MAX_LINE_CHARACTERS = 8192;

/** `logs/host.log` of the data folder: what went wrong and is of use to whoever looks for the cause. */
export class HostLog {
  /** Lines are written one after the other. */
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly dataFolder: string) {}

  /** @param source who says so: `page`. What cannot be logged is dropped: nothing may fail for it */
  write(source: string, message: string): Promise<void> {
    const text = printable(message.slice(0, MAX_LINE_CHARACTERS));
    const line = `${new Date().toISOString()} ${source}: ${text}\n`;
    this.turn = this.turn.then(() => this.append(line)).catch(() => undefined);
    return this.turn;
  }

  private async append(line: string): Promise<void> {
    const path = join(ensureFolder(this.dataFolder, 'logs'), 'host.log');
    const size = (await stat(path).catch(() => null))?.size ?? 0;
    if (size > MAX_BYTES) await rename(path, `${path}.old`);
    await appendFile(path, line, { mode: 0o600 });
  }
}
