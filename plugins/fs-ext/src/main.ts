import { definePlugin } from '@diskwright/sdk';
import { listGroups, mapGroups } from './groupViews';
import { extProvider } from './provider';

/** The plugin: one provider and views of its block groups, by their ids in the manifest. */
export default definePlugin({
  filesystems: { ext: extProvider },
  commands: {
    'fs-ext.groups': { execute: listGroups },
    'fs-ext.groupMap': { execute: mapGroups },
  },
});
