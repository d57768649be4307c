/** What LUKS is held against: what QEMU, cryptsetup and the kernel encrypted, which is known; headers as blkid reads them. */
import {
  blkid,
  type ContainerListing,
  defineContainerConformance,
  type ListedDevice,
  listedContent,
} from '@diskwright/sdk/testing';
import { headerFields, mendedHeaders } from './mendedHeaders';
import { type LuksRecipe, recipes } from './recipes';

function oracle(paths: readonly string[], recipe: LuksRecipe, seed: number): ContainerListing {
  const { TYPE: type, UUID: uuid, LABEL: label = null } = blkid(paths[0]!);
  const content = recipe.content?.(seed);
  const device: ListedDevice = {
    ...(recipe.isWhole && content && { size: content.length }),
    ...(recipe.sectorSizeOfDevice !== undefined && { sectorSize: recipe.sectorSizeOfDevice }),
    ...(content && { contents: [listedContent(content)] }),
  };
  return { type: type!, uuid: uuid!, label, devices: new Map([['luks', device]]), fields: headerFields(paths) };
}

export default defineContainerConformance<LuksRecipe>({
  container: 'luks',
  tools: ['cryptsetup'],
  recipes,
  oracle,
  mend: ([path], _, { checksums }) => mendedHeaders(path!, checksums),
});
