import { definePlugin } from '@diskwright/sdk';
import { extProvider } from './provider';

/** The plugin: one provider, by its id in the manifest. */
export default definePlugin({ filesystems: { ext: extProvider } });
