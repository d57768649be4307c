import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type ContainerRecipe, runTool, SeededRandom } from '@diskwright/sdk/testing';
import { Container, PASSPHRASE, QUICK_KEY } from '../testing/makeContainer';

const MIB = 1024 * 1024;
const SECOND_PASSPHRASE = 'another';

export interface LuksRecipe extends ContainerRecipe {
  passphrase: string;
  /** What was written to the device, from its beginning. Absent: it holds what the empty file gives. */
  content?(seed: number): Buffer;
  /** The content is all of the device. */
  isWhole?: true;
  sectorSizeOfDevice?: 4096 | null;
}

const contentOf = (seed: number): Buffer => new SeededRandom(seed).bytes(MIB + 4096 * 5);

/** Version 1, made by cryptsetup, written by QEMU. */
function byQemu(cipher: string, bits: number, hash: string): LuksRecipe {
  return {
    name: `version 1, ${cipher}, key of ${bits} bits, ${hash}`,
    tools: ['qemu-img'],
    passphrase: PASSPHRASE,
    content: contentOf,
    isWhole: true,
    sectorSizeOfDevice: null,
    make: ([path], seed) =>
      void new Container(PASSPHRASE, path).write(
        contentOf(seed),
        ...['--cipher', cipher, '--key-size', String(bits), '--hash', hash],
      ),
  };
}

/** Version 2, encrypted in place by cryptsetup. */
function inPlace(cipher: string, sectorBytes: number, ...options: string[]): LuksRecipe {
  return {
    name: ['version 2', cipher, `sectors of ${sectorBytes} bytes`, ...options].join(', '),
    passphrase: PASSPHRASE,
    content: contentOf,
    sectorSizeOfDevice: sectorBytes === 4096 ? 4096 : null,
    make: ([path], seed) =>
      void new Container(PASSPHRASE, path).encrypt(
        contentOf(seed),
        ...['--cipher', cipher, '--sector-size', String(sectorBytes), ...options],
      ),
  };
}

/** Only made, with keys of some kind. */
function withKeys(name: string, ...options: string[]): LuksRecipe {
  return {
    name,
    passphrase: PASSPHRASE,
    make: ([path]) => void new Container(PASSPHRASE, path).format(20 * MIB, ...options),
  };
}

const secondSlot: LuksRecipe = {
  name: 'version 2, with a label, by the key of slot 5',
  passphrase: SECOND_PASSPHRASE,
  content: contentOf,
  make: ([path], seed) => {
    const made = new Container(PASSPHRASE, path).encrypt(contentOf(seed), '--sector-size', '512');
    const second = join(made.folder, 'second');
    writeFileSync(second, SECOND_PASSPHRASE);
    runTool('cryptsetup', ['luksAddKey', '-q', '--key-file', made.keyFile, '--key-slot', '5', ...QUICK_KEY, made.path, second]);
    made.cryptsetup('config', '--label', 'Safe');
  },
};

const LINES = Buffer.from(Array.from({ length: 2048 }, (_, line) => `${String(line).padStart(15, '0')}\n`).join(''));
const PLACE = join('test', 'fixtures', 'luks');

/** The bundle of the recipes lies elsewhere than this file. */
function above(folder: string): string {
  return existsSync(join(folder, PLACE)) || folder === dirname(folder) ? folder : above(dirname(folder));
}

/** Version 2, written by dm-crypt; see test/fixtures/luks/README.md. */
function byKernel(name: string): LuksRecipe {
  return {
    name: `version 2, ${name}, by the kernel`,
    passphrase: 'kernel',
    content: () => LINES,
    isWhole: true,
    make: ([path]) => writeFileSync(path!, gunzipSync(readFileSync(join(above(__dirname), PLACE, `${name}.img.gz`)))),
  };
}

const argon2 = (kind: string, memory: number, ...rest: string[]): string[] => [
  ...['--type', 'luks2', '--pbkdf', kind, '--pbkdf-memory', String(memory), ...rest],
];

/** Both versions, ciphers, hashes and kinds of keys. */
export const recipes: readonly LuksRecipe[] = [
  byQemu('aes-xts-plain64', 512, 'sha256'),
  byQemu('aes-xts-plain', 256, 'sha1'),
  byQemu('aes-cbc-essiv:sha256', 256, 'sha512'),
  byQemu('aes-cbc-plain64', 128, 'ripemd160'),
  inPlace('aes-xts-plain64', 512),
  inPlace('aes-xts-plain64', 4096, '--key-size', '256'),
  inPlace('aes-xts-plain', 1024),
  inPlace('aes-cbc-essiv:sha256', 512, '--key-size', '256', '--hash', 'sha512'),
  inPlace('aes-cbc-plain64', 2048, '--key-size', '128', '--hash', 'blake2b-512'),
  byKernel('xts-4096'),
  byKernel('cbc-512'),
  secondSlot,
  withKeys('version 1, empty', '--type', 'luks1', '--pbkdf-force-iterations', '1000'),
  withKeys('version 2, argon2id', ...argon2('argon2id', 32, '--pbkdf-parallel', '2', '--pbkdf-force-iterations', '4')),
  withKeys('version 2, argon2i', ...argon2('argon2i', 1024, '--pbkdf-force-iterations', '5')),
];
