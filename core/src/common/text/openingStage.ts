import type { ImageProgress } from '../types';

/** What is done with a file while an image is opened that takes long, before the file's name: `Decompressing disk.img.gz`. */
export const OPENING_STAGES: Readonly<Record<NonNullable<ImageProgress['reached']>['step'], string>> = {
  read: 'Reading',
  copy: 'Decompressing',
};
