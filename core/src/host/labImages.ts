import { access, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** An image to try things on. */
export interface LabImage {
  path: string;
  title: string;
  description: string;
}

const MAX_IMAGES = 64;

/** The images of the lab (`scripts/lab.mjs`) that are there: `lab/lab.json` of the data folder says what they are. None when there is no lab. */
export async function labImages(dataFolder: string): Promise<LabImage[]> {
  const folder = join(dataFolder, 'lab');
  const listed = await readFile(join(folder, 'lab.json'), 'utf8')
    .then(parse)
    .catch((): Listed[] => []);
  const found: LabImage[] = [];
  for (const { file, title, description } of listed.slice(0, MAX_IMAGES)) {
    const path = join(folder, basename(file));
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) found.push({ path, title, description });
  }
  return found;
}

interface Listed {
  file: string;
  title: string;
  description: string;
}

function parse(text: string): Listed[] {
  const { images } = JSON.parse(text) as { images?: unknown };
  if (!Array.isArray(images)) return [];
  return (images as Partial<Listed>[]).flatMap(({ file, title, description }) =>
    typeof file === 'string' && typeof title === 'string' && typeof description === 'string'
      ? [{ file, title, description }]
      : [],
  );
}
