/** Volumes that are encrypted with LUKS, as `cryptsetup` makes them. */
import { definePlugin } from '@diskwright/sdk';
import { likelihood } from './header/readHeader';
import { derivationLimits } from './keys/derivationLimits';
import { openLuks } from './openLuks';

export default definePlugin({
  containers: {
    luks: {
      probe: (member, { signal }) => likelihood(member, signal),
      open: async ([member], { secret, keyFile, signal }) =>
        openLuks(member!, { passphrase: secret, keyFile }, derivationLimits(), signal),
    },
  },
});
