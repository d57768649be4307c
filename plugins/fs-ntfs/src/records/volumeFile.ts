import { DamagedStructureError } from '@diskwright/sdk/errors';
import { VOLUME_RECORD } from '../boot/ntfsVolume';
import { AttributeType, volumeInformation } from '../structures/fileRecord';
import { attributesOf } from './attributes';
import type { MasterFileTable } from './masterFileTable';

/** Bits of the flags of $Volume (ntfs-3g, layout.h, VOLUME_FLAGS). */
export const VolumeFlag = { DIRTY: 0x0001, CHECK_UNDER_WAY: 0x4000 } as const;

/** What the file $Volume says. */
export interface VolumeFile {
  label: string | null;
  /** `3.1`; null where it does not say. */
  version: string | null;
  /** Null where it does not say. */
  flags: number | null;
}

/** Reads $Volume; what is damaged of it says nothing. @throws what `read` throws */
export async function readVolumeFile(table: MasterFileTable, signal: AbortSignal): Promise<VolumeFile> {
  const result: VolumeFile = { label: null, version: null, flags: null };
  try {
    const record = await table.read(VOLUME_RECORD, signal);
    for (const { type, value } of await attributesOf(table, record, signal)) {
      if (type === AttributeType.VOLUME_NAME && value && value.length > 1)
        result.label = value.toString('utf16le', 0, value.length - (value.length % 2));
      if (type !== AttributeType.VOLUME_INFORMATION || !value || value.length < volumeInformation.size) continue;
      const { majorVersion, minorVersion, flags } = volumeInformation.read(value);
      Object.assign(result, { version: `${majorVersion}.${minorVersion}`, flags });
    }
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
  }
  return result;
}
