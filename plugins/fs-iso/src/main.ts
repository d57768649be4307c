import { definePlugin } from '@diskwright/sdk';
import { isoProvider } from './provider';

/** The plugin: one provider, by its id in the manifest. */
export default definePlugin({ filesystems: { iso: isoProvider } });
