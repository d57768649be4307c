import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '@diskwright/sdk/testing';

/**
 * Content compressed by wimlib in chunks, with the offsets of the chunks before them: a resource of a WIM archive has the form of the stream in which Windows
 * keeps a file that it compressed.
 * @param folder an empty one, for wimlib to work in
 */
export function compressByWimlib(folder: string, content: Buffer, algorithm: 'LZX' | 'XPRESS', chunkBytes: number): Buffer {
  const [source, archive] = [join(folder, 'captured'), join(folder, 'archive.wim')];
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'content'), content);
  runTool('wimlib-imagex', ['capture', source, archive, `--compress=${algorithm}`, `--chunk-size=${chunkBytes}`, '--no-acls']);
  const blobs = runTool('wimlib-imagex', ['info', '--blobs', archive]).split(/\n\s*\n/);
  const blob = blobs.find((text) => new RegExp(`Uncompressed size\\s*=\\s*${content.length} `).test(text));
  const numberAfter = (name: string): number => Number(new RegExp(`${name}\\s*=\\s*(\\d+)`).exec(blob ?? '')?.[1]);
  const offset = numberAfter('Offset in WIM');
  return readFileSync(archive).subarray(offset, offset + numberAfter('Compressed size'));
}
