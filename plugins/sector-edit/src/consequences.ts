import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { DescribedRun } from './describeRun';
import { checksumFields } from './structuresAt';
import type { Owner, Surroundings } from './surroundings';

/** What the edits leave behind that will not fit them: checksums, copies. A sentence each. */
export function* consequences(runs: readonly DescribedRun[], surroundings: Surroundings): Generator<string> {
  const edited = runs.map(({ offset, bytes }) => ({ offset, length: bytes.length }));
  const isEdited = (range: ByteRange): boolean => edited.some((run) => rangesMeet(run, range));
  const structures = new Map(
    runs.flatMap(({ met }) => met).map((found) => [`${found.structure.name} ${found.structure.offset}`, found]),
  );
  for (const { structure, owner } of structures.values()) {
    for (const field of checksumFields(structure)) {
      if (!isEdited(field))
        yield `the edits change the ${structure.name} of ${owner.name} at byte ${structure.offset}, but not its ${field.name}`;
    }
  }
  const owners = new Set([...structures.values()].map(({ owner }) => owner));
  for (const owner of owners) {
    if (owner.kind === 'table') yield* gptConsequences(surroundings, isEdited);
    else
      yield* backupConsequences(
        owner,
        [...structures.values()].map(({ structure }) => structure),
        isEdited,
      );
  }
}

/** The header of each copy holds a checksum over its entries, and both copies say the same. */
function* gptConsequences({ table }: Surroundings, isEdited: (range: ByteRange) => boolean): Generator<string> {
  if (table?.layout.type !== 'gpt') return;
  const part = (name: string): boolean => table.layout.structures.some((range) => range.name === name && isEdited(range));
  for (const [copy, other] of [
    ['primary', 'backup'],
    ['backup', 'primary'],
  ] as const) {
    const [header, entries] = [part(`${copy} GPT header`), part(`${copy} GPT entries`)];
    if (entries && !header) yield `the entries of the ${copy} GPT change, but not the checksum over them in its header`;
    if ((header || entries) && !part(`${other} GPT header`) && !part(`${other} GPT entries`))
      yield `the ${copy} GPT changes, but not the ${other} one`;
  }
}

/** An edited structure by which the volume is known has backups, which the marks in them tell of. */
function* backupConsequences(
  { name, signatures, range }: Owner,
  structures: readonly ByteRange[],
  isEdited: (range: ByteRange) => boolean,
): Generator<string> {
  const isBackup = (signature: { name: string }): boolean => /backup/i.test(signature.name);
  const own = structures.filter((structure) => rangesMeet(structure, range));
  const isMain = own.some((structure) => signatures.some((mark) => !isBackup(mark) && rangesMeet(mark, structure)));
  if (!isMain) return;
  const backups = signatures.filter(
    (mark) => isBackup(mark) && !isEdited(mark) && !own.some((structure) => rangesMeet(mark, structure)),
  );
  const names = [...new Set(backups.map((mark) => mark.name.replace(/: .*| magic/g, '')))];
  if (names.length > 0)
    yield `${name} keeps copies that the edits do not change: ${names.slice(0, 4).join('; ')}${names.length > 4 ? ` and ${names.length - 4} more` : ''}`;
}
