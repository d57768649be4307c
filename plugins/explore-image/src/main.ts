/** The explore-image plugin: the files of volumes, without mounting them. */
import { definePlugin } from '@diskwright/sdk';
import { cat } from './commands/cat';
import { check } from './commands/check';
import { checksums } from './commands/checksums';
import { extents } from './commands/extents';
import { find } from './commands/find';
import { extract } from './commands/extract';
import { ls } from './commands/ls';
import { stat } from './commands/stat';

export default definePlugin({
  commands: {
    'explore-image.cat': cat,
    'explore-image.extract': extract,
    'explore-image.ls': ls,
    'explore-image.stat': stat,
    'explore-image.extents': extents,
    'explore-image.check': check,
    'explore-image.find': find,
    'explore-image.checksums': checksums,
  },
});
