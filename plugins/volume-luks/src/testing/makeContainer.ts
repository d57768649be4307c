import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImageFile, runTool } from '@diskwright/sdk/testing';

export const PASSPHRASE = 'Käse & 12 Löffel';
const MIB = 1024 * 1024;
/** As the data are aligned, 4096 sectors. */
const LUKS1_HEADER_BYTES = 2 * MIB;

/** Keys that cost nothing to make. */
export const QUICK_KEY = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];

/** A container in a file, which whoever made it removes. */
export class Container extends ImageFile {
  /** Holds the passphrase, as a key file. */
  readonly keyFile = join(this.folder, 'key');

  /** @param path in a folder that is somebody else's; absent, it gets a folder of its own */
  constructor(
    readonly passphrase = PASSPHRASE,
    path?: string,
  ) {
    super(path);
    writeFileSync(this.keyFile, passphrase);
  }

  /** An empty one, made by cryptsetup. */
  format(size: number, ...options: string[]): this {
    this.blank(size);
    runTool('cryptsetup', ['luksFormat', '-q', '--key-file', this.keyFile, ...options, this.path]);
    return this;
  }

  /** With content: version 2, encrypted in place by cryptsetup. */
  encrypt(content: Buffer, ...options: string[]): this {
    this.blank(content.length + 32 * MIB).patch(0, content);
    runTool('cryptsetup', [
      'reencrypt',
      '--encrypt',
      '--type',
      'luks2',
      '-q',
      '--reduce-device-size',
      '32M',
      '--resilience',
      'none',
      '--key-file',
      this.keyFile,
      ...QUICK_KEY,
      ...options,
      this.path,
    ]);
    return this;
  }

  /** With content: version 1, made by cryptsetup, written by QEMU. */
  write(content: Buffer, ...options: string[]): this {
    this.format(
      LUKS1_HEADER_BYTES + content.length,
      '--type',
      'luks1',
      '--align-payload',
      '4096',
      '--pbkdf-force-iterations',
      '1000',
      ...options,
    );
    const plain = join(this.folder, 'plain');
    writeFileSync(plain, content);
    runTool('qemu-img', [
      'convert',
      '-n',
      '--object',
      `secret,id=key,file=${this.keyFile}`,
      '--target-image-opts',
      '-f',
      'raw',
      plain,
      `driver=luks,key-secret=key,file.filename=${this.path}`,
    ]);
    return this;
  }

  /** Runs cryptsetup on it, the arguments behind the key file and the container. */
  cryptsetup(command: string, ...options: string[]): string {
    return runTool('cryptsetup', [command, '-q', '--key-file', this.keyFile, ...options, this.path]);
  }
}
