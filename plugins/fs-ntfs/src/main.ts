import { definePlugin } from '@diskwright/sdk';
import { ntfsProvider } from './provider';

/** The plugin: one provider, by its id in the manifest. */
export default definePlugin({ filesystems: { ntfs: ntfsProvider } });
