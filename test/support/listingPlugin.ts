/** A plugin from outside that provides the toy filesystem. In the middle of its listing it waits until the test says on. */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeToyVolume } from '../../sdk/src/testing/toyFilesystem';
import { bundle, manifest, packed, writePackage } from './pluginPackages';

const PAGE = 65_536;
const PAGES = 1024;
/** Entries before the wait, and after it. */
export const HALF = 100;

/** What is read once is kept by the plugin, so it looks at another page each time; the ends are left as they are, as they identify the device. */
const SOURCE = `
  import { definePlugin } from '@diskwright/sdk';
  import { setTimeout } from 'node:timers/promises';
  import { toyProvider } from '../../sdk/src/testing/toyFilesystem';
  const entries = function* (from) {
    for (let n = from; n < from + ${HALF}; n++) yield { path: VERSION + '-' + n, node: 'n' + n, type: 'file', size: 1, mtime: null };
  };
  export default definePlugin({
    filesystems: {
      toyfs: {
        ...toyProvider,
        open: async (source, context) => {
          const opened = await toyProvider.open(source, context);
          const readdir = async function* (node, signal) {
            yield* entries(0);
            for (let page = 1; WAITS && page < ${PAGES - 1}; page++) {
              if ((await source.read(page * ${PAGE}, 1, signal))[0] !== 0) break;
              await setTimeout(50);
            }
            yield* entries(${HALF});
          };
          return { ...opened, files: { ...opened.files, readdir } };
        },
      },
    },
  });
`;

const FILESYSTEM = { id: 'toyfs', title: 'Toy', types: ['toyfs'], magic: [[{ offset: 0, bytes: '544f594653' }]] };

export async function listingPackage(folder: string, version: string, { waits = false, selfTest = '' } = {}): Promise<string> {
  const source = SOURCE.replace('VERSION', JSON.stringify(version)).replace('WAITS', String(waits));
  const tested = source.replace('definePlugin({', `definePlugin({ selfTest: async () => { ${selfTest} },`);
  const section = { displayName: 'Toy', contributes: { filesystems: [FILESYSTEM] } };
  const entries = packed(manifest({ name: '@vendor/toy', version }, section), await bundle(tested));
  return writePackage(join(folder, `toy-${version}.tgz`), entries);
}

/** A volume of the plugin. @returns with `goOn`, after which listings wait no more */
export async function listedVolume(folder: string): Promise<{ image: string; goOn(): Promise<void> }> {
  const image = join(folder, 'volume.img');
  await writeFile(image, makeToyVolume({ sectors: 1 }));
  const file = await open(image, 'r+');
  await file.truncate(PAGE * PAGES);
  await file.close();
  const goOn = async (): Promise<void> => {
    const pages = await open(image, 'r+');
    for (let page = 1; page < PAGES - 1; page++) await pages.write(Buffer.of(1), 0, 1, page * PAGE);
    await pages.close();
  };
  return { image, goOn };
}
