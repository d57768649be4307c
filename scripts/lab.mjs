// The demo lab: a disk image with real content, a larger and a smaller empty one. Node's own modules only.
import { createReadStream } from 'node:fs';
import { access, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { root } from './shared.mjs';

const MIB = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;
const zeros = Buffer.alloc(PIECE_BYTES);

/** What the workbench tells of the images; written beside them. */
const images = [
  {
    file: 'demo-disk.img',
    title: 'Demo disk',
    description: 'A GPT disk of 96 MiB with an EFI system partition, photos on ext4 and a FAT32 stick',
  },
  { file: 'bigger-disk.img', title: 'Bigger disk', description: 'An empty disk of 160 MiB, to clone onto' },
  {
    file: 'smaller-disk.img',
    title: 'Smaller disk',
    description: 'An empty disk of 48 MiB, on which the demo disk does not fit',
  },
];

/** Makes `path` by `fill(file)` under another name first, so that an interrupted run leaves nothing that looks finished. */
async function makeOnce(path, fill) {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) return path;
  const unfinished = `${path}.part`;
  const file = await open(unfinished, 'w');
  try {
    await fill(file);
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  return path;
}

/** Unpacks a gzip file; pieces of zeros become holes. */
async function unpackSparsely(archive, file) {
  let offset = 0;
  for await (const chunk of createReadStream(archive).pipe(createGunzip({ chunkSize: 16 * PIECE_BYTES }))) {
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      const piece = chunk.subarray(start, start + PIECE_BYTES);
      if (!piece.equals(zeros.subarray(0, piece.length))) await file.write(piece, 0, piece.length, offset + start);
    }
    offset += chunk.length;
  }
  await file.truncate(offset);
}

/**
 * Makes the lab's images in `folder`, which is made too; what is there already stays as it is.
 * @returns {Promise<{disk: string, bigger: string, smaller: string}>} their paths: a GPT disk of 96 MiB with an EFI system partition, ext4 and
 * FAT32, an empty disk of 160 MiB and an empty one of 48 MiB
 */
export async function makeLab(folder) {
  await mkdir(folder, { recursive: true });
  const [disk, bigger, smaller] = await Promise.all([
    makeOnce(join(folder, 'demo-disk.img'), (file) => unpackSparsely(join(root, 'demo', 'disk.img.gz'), file)),
    makeOnce(join(folder, 'bigger-disk.img'), (file) => file.truncate(160 * MIB)),
    makeOnce(join(folder, 'smaller-disk.img'), (file) => file.truncate(48 * MIB)),
  ]);
  await writeFile(join(folder, 'lab.json'), `${JSON.stringify({ images }, null, 2)}\n`);
  return { disk, bigger, smaller };
}
