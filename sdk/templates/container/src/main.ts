/** A plugin that opens a container: what its members hold together becomes a device like any other. The magic bytes stand in package.json. */
import { definePlugin } from '@diskwright/sdk';
import { ExampleContainer } from './container';
import { readHeader } from './header';

export default definePlugin({
  containers: {
    'example-name': {
      probe: async (member, { signal }) => ((await readHeader(member, signal)) ? 90 : 0),
      // One that is encrypted throws SecretNeededError here, and is opened again with the passphrase in the context's `secret`.
      open: (members, { signal }) => ExampleContainer.open(members, signal),
    },
  },
});
