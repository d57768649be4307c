import type { ContainerProvider } from '@diskwright/sdk';
import { LvmContainer, unusedVolume } from './lvmContainer';
import { openGroup } from './members';
import { hasLabel } from './physicalVolume';

export const lvm2Provider: ContainerProvider = {
  probe: async (member, { signal }) => ((await hasLabel(member, signal)) ? 100 : 0),
  open: async (members, { signal }) => {
    const open = await openGroup(members, signal);
    return open.group ? new LvmContainer(open.group, open.members, open.warnings) : unusedVolume(open);
  },
};
