import type { OpenContainer } from '@diskwright/sdk';
import type { ContainerDescription } from '@diskwright/sdk/protocol';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { MappedImage } from '@diskwright/sdk/image';
import type { ServedNode } from '@diskwright/sdk/nbd';
import { formatBytes } from '@diskwright/sdk/plan';
import type { Member, OpenGroup } from './members';
import type { LogicalVolume, VolumeGroup } from './metadata/volumeGroup';
import { Placement } from './volumes/placement';

/** An open volume group. */
export class LvmContainer implements OpenContainer {
  private readonly placement: Placement;

  constructor(
    private readonly group: VolumeGroup,
    private readonly members: readonly Member[],
    private readonly warnings: readonly string[],
  ) {
    // Of two with the same UUID, the first.
    const byUuid = new Map(members.toReversed().map((member) => [member.volume.uuid, member]));
    this.placement = new Placement(group, byUuid);
  }

  describe(): ContainerDescription {
    const { group, warnings } = this;
    return {
      type: 'LVM2_member',
      label: group.name,
      uuid: group.uuid,
      details: [...this.groupDetails(), ...this.memberDetails()],
      warnings: [...warnings],
      devices: this.volumes(true).map((volume) => {
        const { reason } = this.placement.of(volume);
        const device = { name: volume.name, size: volume.extents * group.extentBytes, sectorSize: this.sectorSize() };
        return reason === undefined ? device : { ...device, unavailable: reason };
      }),
    };
  }

  /** Those that are hidden, too. */
  device(name: string): ServedNode {
    const { group } = this;
    const volume = group.logicalVolumes.get(name);
    if (!volume) throw new InvalidInputError(`volume group ${group.name} has no volume ${name}`);
    const { map, reason, todo } = this.placement.of(volume);
    if (map) return new MappedImage(map);
    throw new RefusedError(`${group.name}/${name} cannot be read: ${reason}`, { todo });
  }

  /** In the order of `lvs`. */
  private volumes(visible: boolean): LogicalVolume[] {
    const volumes = Array.from(this.group.logicalVolumes.values()).filter((volume) => volume.visible === visible);
    return volumes.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  private groupDetails(): [string, string][] {
    const { group } = this;
    const hidden = this.volumes(false).map(({ name }) => name);
    return [
      ['volume group', group.name],
      ['extents', `of ${formatBytes(group.extentBytes)}`],
      ['changes', String(group.sequence)],
      ...group.details,
      ...(hidden.length > 0 ? [['hidden volumes', hidden.join(', ')] as [string, string]] : []),
    ];
  }

  private memberDetails(): [string, string][] {
    const { group, members } = this;
    const there = new Set(members.map(({ volume }) => volume.uuid));
    return Array.from(group.physicalVolumes.values(), ({ uuid, extents, device }) => {
      const last = device === '' ? '' : `, last seen as ${device}`;
      const state = there.has(uuid) ? '' : ', MISSING';
      return ['physical volume', `${uuid}, ${formatBytes(extents * group.extentBytes)}${last}${state}`];
    });
  }

  private sectorSize(): 512 | 4096 {
    return this.members.some(({ source }) => source.sectorSize === 4096) ? 4096 : 512;
  }
}

/** A physical volume that is in no volume group yet. */
export function unusedVolume({ members, warnings }: OpenGroup): OpenContainer {
  const { uuid } = members[0]!.volume;
  return {
    describe: () => ({ type: 'LVM2_member', label: null, uuid, details: [['volume group', 'none']], warnings, devices: [] }),
    device: (name) => {
      throw new InvalidInputError(`there is no volume ${name}: physical volume ${uuid} is in no volume group`);
    },
  };
}
