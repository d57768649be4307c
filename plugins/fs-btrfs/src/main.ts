import { definePlugin } from '@diskwright/sdk';
import { btrfsProvider } from './provider';

/** The plugin: one provider, by its id in the manifest. */
export default definePlugin({ filesystems: { btrfs: btrfsProvider } });
