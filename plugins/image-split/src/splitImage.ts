import type { ImageContext, ImageDescription, OpenImage } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DiskwrightError } from '@diskwright/sdk/errors';
import { JoinedMap, MappedImage, rawMap } from '@diskwright/sdk/image';
import { nextNames } from './partNames';

/** The parts of a disk, one behind the other. */
export class SplitImage extends MappedImage implements OpenImage {
  private constructor(private readonly parts: readonly BlockSource[]) {
    super(new JoinedMap(parts.map((part) => rawMap(part, 0, part.size))));
  }

  static async open(first: BlockSource, context: ImageContext): Promise<SplitImage> {
    const parts = [first];
    let name = context.name;
    for (;;) {
      const next = await nextPart(name, context);
      if (!next) return new SplitImage(parts);
      parts.push(next.file);
      name = next.name;
    }
  }

  describe(): ImageDescription {
    const details: [string, string][] = [['parts', String(this.parts.length)]];
    return { type: 'split', sectorSize: null, details, warnings: this.warnings(), snapshots: [], wraps: true };
  }

  /** All but the last have the same size: what is shorter in between was copied only in part. */
  private warnings(): string[] {
    const whole = this.parts[0]!.size;
    const odd = this.parts.slice(0, -1).findIndex(({ size }) => size !== whole);
    return odd < 0 && this.parts.at(-1)!.size <= whole
      ? []
      : [
          'The parts are not all of one size, as programs make them: one may be missing in part, and what follows it out of place.',
        ];
  }
}

/** The part behind the one of this name; null when there is none. */
export async function nextPart(name: string, context: ImageContext): Promise<{ name: string; file: BlockSource } | null> {
  for (const next of nextNames(name)) {
    try {
      return { name: next, file: await context.sibling(next) };
    } catch (error) {
      if (!(error instanceof DiskwrightError) || error.code !== 'InvalidInput') throw error;
    }
  }
  return null;
}
