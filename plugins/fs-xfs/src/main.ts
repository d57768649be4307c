import { definePlugin } from '@diskwright/sdk';
import { xfsProvider } from './provider';

/** The plugin: one provider, by its id in the manifest. */
export default definePlugin({ filesystems: { xfs: xfsProvider } });
