import { InvalidInputError } from '@diskwright/sdk/errors';
import type { PeerHandlers } from '@diskwright/sdk/rpc';
import { randomUUID } from 'node:crypto';
import { isAbsolute } from 'node:path';
import type { ServiceProtocol } from '../../common/index';
import type { ContentRegistry } from '../contents/contentRegistry';
import { Extraction } from '../extraction/extraction';
import type { DeviceTable } from './deviceTable';

export interface ExtractionHandlerParts {
  devices: DeviceTable;
  contents: ContentRegistry;
  /** Those that have not ended, by id. */
  extractions: Map<string, Extraction>;
}

/** The messages about files that are written below a folder. */
export function extractionHandlers({ devices, contents, extractions }: ExtractionHandlerParts): PeerHandlers<ServiceProtocol> {
  const get = (extractionId: string): Extraction => {
    const extraction = extractions.get(extractionId);
    if (!extraction) throw new InvalidInputError(`there is no extraction ${extractionId}`);
    return extraction;
  };
  return {
    'extraction/begin': ({ folder, options }) => {
      if (!isAbsolute(folder)) throw new InvalidInputError(`${folder} is no absolute path`);
      const extractionId = `extraction-${randomUUID()}`;
      extractions.set(extractionId, new Extraction(folder, options, contents));
      return { extractionId };
    },
    'extraction/write': ({ extractionId, deviceId, volume, entries }, { signal }) => {
      const extraction = get(extractionId);
      return devices.using(deviceId, signal, (opened) => extraction.write(opened, volume, entries, signal));
    },
    'extraction/finish': async ({ extractionId }) => {
      const report = await get(extractionId).finish();
      extractions.delete(extractionId);
      return report;
    },
    'extraction/close': ({ extractionId }) => {
      extractions.get(extractionId)?.close();
      extractions.delete(extractionId);
      return {};
    },
  };
}
