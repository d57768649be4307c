/** What volume groups are held against: those that LVM made, their volumes where its reports say that they lie; and one that the device mapper wrote. */
import { readFileSync } from 'node:fs';
import { type ContainerListing, defineContainerConformance, type ListedDevice } from '@diskwright/sdk/testing';
import { lvmTools } from '../testing/lvmGroup';
import { metadataFields, metadataSums } from './placedMetadata';
import { factsFile, type GroupFacts, type LvmRecipe, recipes } from './recipes';

function oracle(paths: readonly string[], { warnings }: LvmRecipe): ContainerListing {
  const { name: label, uuid, volumes } = JSON.parse(readFileSync(factsFile(paths), 'utf8')) as GroupFacts;
  const devices = volumes.map(({ name, size, sha256, unavailable }): [string, ListedDevice] => [
    name,
    {
      size,
      ...(sha256 !== undefined && { contents: [{ offset: 0, length: size, sha256 }] }),
      ...(unavailable !== undefined && { unavailable: new RegExp(unavailable) }),
    },
  ]);
  return {
    type: 'LVM2_member',
    label,
    ...(uuid !== '' && { uuid }),
    devices: new Map(devices),
    ...(warnings && { warnings }),
    fields: paths.flatMap((path, file) => metadataFields(path).map((range) => ({ file, ...range }))),
  };
}

export default defineContainerConformance<LvmRecipe>({
  container: 'lvm2',
  tools: lvmTools,
  recipes,
  oracle,
  mend: (paths, _, { checksums }) => (checksums ? paths.flatMap((path, file) => metadataSums(path, file)) : []),
});
