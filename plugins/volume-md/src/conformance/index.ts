/** What arrays are held against: those that the kernel's driver made, their content as it read them, their superblocks as mdadm reads them. */
import { type ContainerListing, defineContainerConformance, runTool } from '@diskwright/sdk/testing';
import { fact } from '../testing/fixtures';
import { superblockFields, superblockSum } from './placedSuperblock';
import { type MdRecipe, recipes } from './recipes';

function oracle(paths: readonly string[], { array, called, unavailable, warnings = [] }: MdRecipe): ContainerListing {
  const exported = new Map(
    runTool('mdadm', ['--examine', '--export', paths[0]!])
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  );
  const { size, hash } = fact(array);
  const content = unavailable ? { unavailable } : { contents: [{ offset: 0, length: size, sha256: hash }] };
  return {
    type: 'linux_raid_member',
    label: exported.get('MD_NAME') ?? null,
    uuid: dashed(exported.get('MD_UUID')!),
    // Of an array that lacks a device it is not known how long it was.
    devices: new Map([[called, { ...(!warnings.some((each) => each.test('degraded: 2 of 3')) && { size }), ...content }]]),
    warnings,
    fields: paths.flatMap((path, file) => superblockFields(path).map((range) => ({ file, ...range }))),
  };
}

/** mdadm writes four groups of eight digits. */
function dashed(uuid: string): string {
  return uuid.replaceAll(':', '').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export default defineContainerConformance<MdRecipe>({
  container: 'md',
  tools: ['mdadm'],
  recipes,
  oracle,
  mend: (paths, _, { checksums }) => (checksums ? paths.flatMap((path, file) => superblockSum(path, file)) : []),
});
