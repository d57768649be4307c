/** Volumes that are encrypted with LUKS, from the command line, with the plugin in its sandbox. */
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli, type CliOptions } from '../support/cli';
import { isLong } from '../support/longRun';
import { MIB } from '../support/sampleDisk';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

const PASSPHRASE = 'Sesam öffne dich';
const CONTENT_BYTES = 8 * MIB;
/** More than the user's setting gives plugins by default, as keys of cryptsetup do. */
const KEY_KIBIBYTES = 400 * 1024;

let folder: string;
let options: CliOptions;
const path = (name: string): string => join(folder, name);
const read = ['cat', 'disk.img#0@luks#0:/toys.txt'];

beforeAll(async () => {
  requireTool('cryptsetup', 'mkfs.vfat', 'mcopy');
  folder = await mkdtemp(join(tmpdir(), 'diskwright-'));
  options = { home: path('home'), cwd: folder };
  await mkdir(options.home);
  await writeFile(path('disk.img'), Buffer.alloc(CONTENT_BYTES));
  await writeFile(path('toys.txt'), 'a bear and a train\n');
  await must('mkfs.vfat', '-n', 'TOYS', path('disk.img'));
  await must('mcopy', '-i', path('disk.img'), path('toys.txt'), '::/toys.txt');
  await truncate(path('disk.img'), CONTENT_BYTES + 32 * MIB);
  await writeFile(path('key'), PASSPHRASE);
  const quick = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
  const inPlace = ['--encrypt', '--type', 'luks2', '--reduce-device-size', '32M', '--resilience', 'none'];
  await must('cryptsetup', 'reencrypt', '-q', ...inPlace, ...quick, '--key-file', path('key'), path('disk.img'));
  await writeFile(path('random'), Buffer.concat([Buffer.from([0xc3, 0x0a, 0x00]), randomBytes(509)]));
  await must('cryptsetup', 'luksAddKey', '-q', ...quick, '--key-file', path('key'), path('disk.img'), path('random'));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

test('one is read with its passphrase, or a key file of any bytes, and no other', async () => {
  const opened = await cli(read, { ...options, env: { DISKWRIGHT_PASSWORD: PASSPHRASE } });
  expect(opened).toMatchObject({ status: 0, stdout: 'a bear and a train\n', stderr: '' });
  const refused = await cli(read, { ...options, env: { DISKWRIGHT_PASSWORD: 'Sesam' } });
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(refused.stderr).toContain(`${path('disk.img')}#0: the passphrase fits none of the 2 key slots`);
  const byFile = await cli([...read, '--password-file', path('random')], options);
  expect(byFile).toMatchObject({ status: 0, stdout: 'a bear and a train\n', stderr: '' });
});

test.runIf(isLong)('a key that takes more memory than plugins have is made', async () => {
  await copyFile(path('disk.img'), path('large.img'));
  await writeFile(path('second'), 'another');
  const memory = ['--pbkdf', 'argon2id', '--pbkdf-memory', String(KEY_KIBIBYTES), '--pbkdf-force-iterations', '4'];
  await must('cryptsetup', 'luksAddKey', '-q', '--key-file', path('key'), ...memory, path('large.img'), path('second'));
  const opened = await cli(['info', 'large.img#0@luks#0'], { ...options, env: { DISKWRIGHT_PASSWORD: 'another' } });
  expect(opened).toMatchObject({ status: 0, stderr: '' });
  expect(opened.stdout).toContain('TOYS');
});
