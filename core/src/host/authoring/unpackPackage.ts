import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { InvalidInputError } from '@diskwright/sdk/errors';

/** Unpacks an author's own package into a folder that is made, and answers it. @throws InvalidInputError where it is none */
export async function unpackPackage(file: string, folder: string): Promise<string> {
  await mkdir(folder);
  const child = spawn('tar', ['-xzf', file, '-C', folder, '--strip-components=1', '--no-same-owner'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-1000)));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0)
    throw new InvalidInputError(`${file} is no package: ${said.trim()}`, { todo: 'Make one by "diskwright plugin pack".' });
  return folder;
}
