import type { OpenContainer } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, RefusedError } from '@diskwright/sdk/errors';
import { deviceMap, JoinedMap, MappedImage } from '@diskwright/sdk/image';
import type { ServedNode } from '@diskwright/sdk/nbd';
import type { ContainerDescription } from '@diskwright/sdk/protocol';
import { DATA_OFFSET, type Header, header, readHeader } from './header';

/** What the only device of a container is called: `disk.img#1@data`. */
export const DEVICE_NAME = 'data';

interface Member extends Header {
  source: BlockSource;
}

/** An open container; what is missing of it makes its device unavailable, and is told. */
export class ExampleContainer implements OpenContainer {
  private constructor(
    private readonly first: Header,
    /** By index; undefined for one that is not there. */
    private readonly members: readonly (Member | undefined)[],
  ) {}

  /**
   * @param sources the first is the member that was asked for; the others are candidates, of which some may belong to it
   * @throws DamagedStructureError when the first is no member
   */
  static async open(sources: readonly BlockSource[], signal: AbortSignal): Promise<ExampleContainer> {
    const first = await readHeader(sources[0]!, signal);
    if (!first) throw new DamagedStructureError(header.name, 'it is not one', { offset: 0, length: header.size });
    const members: (Member | undefined)[] = Array.from({ length: first.memberCount });
    for (const source of sources) {
      const values = await readHeader(source, signal);
      if (values?.container !== first.container || values.memberCount !== first.memberCount) continue;
      members[values.index] ??= { ...values, source };
    }
    return new ExampleContainer(first, members);
  }

  describe(): ContainerDescription {
    const unavailable = this.missing();
    const size = this.members.reduce((sum, member) => sum + (member?.dataBytes ?? 0), 0);
    return {
      type: 'example-name',
      label: null,
      uuid: this.first.container.toString(16),
      details: [['members', String(this.first.memberCount)]],
      warnings: [],
      devices: [{ name: DEVICE_NAME, size, sectorSize: null, ...(unavailable !== null && { unavailable }) }],
    };
  }

  device(name: string): ServedNode {
    const unavailable = this.missing();
    if (name !== DEVICE_NAME || unavailable !== null)
      throw new RefusedError(unavailable ?? `the container has no device "${name}", only "${DEVICE_NAME}"`);
    // A member that is shorter than it should be fails where its end is read, and is never zeros.
    const parts = this.members.map((member) =>
      deviceMap(member!.source, DATA_OFFSET, member!.dataBytes, `member ${member!.index}`),
    );
    return new MappedImage(new JoinedMap(parts));
  }

  private missing(): string | null {
    const indexes = [...this.members.keys()].filter((index) => this.members[index] === undefined);
    return indexes.length === 0 ? null : `of its members, ${indexes.map((index) => `number ${index}`).join(', ')} are missing`;
  }
}
