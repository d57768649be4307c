import { NotSupportedError } from '@diskwright/sdk/errors';
import { parseEncryption } from '../cipher/encryption';
import { hashNamed } from '../keys/hashes';
import { dataSegment } from './areas';
import { JsonObject } from './jsonObject';
import { damaged, type DataSegment, type KeyDigest, type LuksHeader, SECTOR_BYTES } from './luksHeader';
import { keySlotsOf } from './metadataKeySlots';

/** A shorter one fits wrong keys, too; a longer one than any hash is only work. */
const DIGEST_BYTES = { min: 20, max: 64 };
const SECTORS = [512, 1024, 2048, 4096];

/** What stands in the way by its name among the requirements. */
const REQUIREMENTS: readonly [RegExp, string, string][] = [
  [
    /^(online|offline)-reencrypt/,
    'it is being encrypted anew, which was not finished',
    'Finish that first: cryptsetup reencrypt --resume-only.',
  ],
  [/^opal/, 'the drive itself encrypts its data (OPAL)', 'It can be opened only in the machine, with cryptsetup.'],
  [
    /^inline-hw-tags/,
    'it keeps checksums in the metadata of the sectors',
    'It can be opened only in the machine, with cryptsetup.',
  ],
];

/**
 * The JSON area of a LUKS2 header: LUKS2 On-Disk Format Specification 1.1.3, 3.
 * @param areasFrom bytes of both headers, behind which the key slots lie
 * @throws DamagedStructureError, NotSupportedError
 */
export function parseMetadata(
  text: string,
  areasFrom: number,
  volumeSize: number,
): Pick<LuksHeader, 'data' | 'keySlots' | 'digest' | 'warnings'> {
  const json = JsonObject.parse(text);
  checkRequirements(json);
  const warnings: string[] = [];
  const [name, segment] = theSegment(json);
  const [digestObject, digest] = theDigest(json, name);
  const slots = json.numbered('keyslots').filter(([slot]) => digestObject.texts('keyslots').includes(slot));
  const { keyBytes, keySlots } = keySlotsOf(slots, areasFrom, volumeSize, warnings);
  const data = dataOf(segment, keyBytes, volumeSize, warnings);
  return { data, digest, keySlots, warnings };
}

function checkRequirements(json: JsonObject): void {
  const config = json.object('config');
  if (!config.has('requirements')) return;
  const requirements = config.object('requirements');
  const [first] = requirements.has('mandatory') ? requirements.texts('mandatory') : [];
  if (first === undefined) return;
  const known = REQUIREMENTS.find(([pattern]) => pattern.test(first));
  throw new NotSupportedError(`the LUKS container cannot be read: ${known?.[1] ?? 'it needs'} ("${first}")`, {
    todo: known?.[2] ?? 'Look for a newer version of this plugin.',
  });
}

/** The one that holds the data. What only helps an encryption that goes on has a flag. */
function theSegment(json: JsonObject): [string, JsonObject] {
  const all = json
    .numbered('segments')
    .filter(([, each]) => !(each.has('flags') && each.texts('flags').some((flag) => flag.startsWith('backup-'))));
  const [found] = all;
  if (!found) throw damaged('it names no data');
  if (all.length > 1)
    throw new NotSupportedError(`the data of the LUKS container are in ${all.length} parts, which is not supported`);
  const type = found[1].text('type');
  if (type !== 'crypt')
    throw new NotSupportedError(`the data of the LUKS container are of the kind "${type}", which is not supported`);
  return found;
}

function theDigest(json: JsonObject, segment: string): [JsonObject, KeyDigest] {
  const found = json.numbered('digests').find(([, each]) => each.texts('segments').includes(segment))?.[1];
  if (!found) throw damaged('its data have no digest of a key');
  const type = found.text('type');
  if (type !== 'pbkdf2') throw new NotSupportedError(`the LUKS container checks its key by "${type}", which is not known here`);
  const digest = found.bytes('digest');
  if (digest.length < DIGEST_BYTES.min || digest.length > DIGEST_BYTES.max)
    throw damaged(`the digest of its key would have ${digest.length} bytes`);
  return [
    found,
    { hash: hashNamed(found.text('hash')), iterations: found.count('iterations'), salt: found.bytes('salt'), digest },
  ];
}

function dataOf(segment: JsonObject, keyBytes: number, volumeSize: number, warnings: string[]): DataSegment {
  if (segment.has('integrity')) {
    const type = segment.object('integrity').text('type');
    throw new NotSupportedError(
      `the LUKS container keeps checksums of its sectors (dm-integrity, "${type}"), which is not supported`,
      {
        todo: 'Open it in the machine with cryptsetup.',
      },
    );
  }
  const sectorBytes = segment.count('sector_size');
  if (!SECTORS.includes(sectorBytes)) throw damaged(`its sectors would have ${sectorBytes} bytes`);
  const encryption = parseEncryption(segment.text('encryption'), keyBytes);
  const size = segment.text('size') === 'dynamic' ? null : segment.uint64('size');
  const place = { offset: segment.uint64('offset'), size, sectorBytes, encryption, firstVector: segment.uint64('iv_tweak') };
  if (place.offset % SECTOR_BYTES !== 0) throw damaged(`its data would begin at byte ${place.offset}`);
  return dataSegment(place, volumeSize, warnings);
}
