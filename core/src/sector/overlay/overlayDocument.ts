import { InvalidInputError } from '@diskwright/sdk/errors';
import type { BlobRef, DeviceIdentity, ExtentsRef } from '@diskwright/sdk/protocol';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const OVERLAY_FORMAT = 'diskwright-overlay/1';
const DOCUMENT_FILE = 'overlay.json';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** One layer of a kept overlay. A copy without a device reads from the state below its own layer. */
export type LayerDocument =
  | { kind: 'copy'; source: { device: string | null; offset: number }; targetOffset: number; extents: ExtentsRef }
  | { kind: 'zeros'; targetOffset: number; extents: ExtentsRef }
  | { kind: 'bytes'; map: BlobRef };

/** A device that an overlay reads from, and what it was found to be when the overlay was made. */
export interface OverlayDevice {
  name: string;
  path: string;
  identity: DeviceIdentity;
}

/**
 * `overlay.json` of an overlay's folder. Beside it lie `blobs/<digest>` (extent lists and range maps), `data` (the bytes of all
 * `bytes` layers) and, once it was written to, `written.data` and `written.index`.
 */
export interface OverlayDocument {
  format: typeof OVERLAY_FORMAT;
  title: string;
  /** Digest of the plan that it shows the result of. */
  plan: string;
  /** Name of the device below all layers. */
  base: string;
  devices: OverlayDevice[];
  /** The lowest first. */
  layers: LayerDocument[];
  /** Size of `data`. */
  dataBytes: number;
}

/** The folder of all overlays. */
export function overlaysFolder(dataFolder: string): string {
  return join(dataFolder, 'overlays');
}

/**
 * The folder of one overlay.
 * @throws InvalidInputError for what cannot be a name
 */
export function overlayFolder(dataFolder: string, name: string): string {
  if (!NAME.test(name))
    throw new InvalidInputError(`${name} is no name for an overlay: letters, digits, dot, dash and underscore`);
  return join(overlaysFolder(dataFolder), name);
}

export function documentPath(folder: string): string {
  return join(folder, DOCUMENT_FILE);
}

/** @throws InvalidInputError when there is no such overlay, or its document is damaged */
export async function readOverlayDocument(folder: string, name: string): Promise<OverlayDocument> {
  const text = await readFile(documentPath(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new InvalidInputError(`there is no overlay named ${name}`, { device: name });
    throw error;
  });
  const document = parse(text);
  if (document?.format !== OVERLAY_FORMAT || !Array.isArray(document.layers) || !Array.isArray(document.devices)) {
    throw new InvalidInputError(`the overlay ${name} is damaged: ${documentPath(folder)} is not an overlay's document`, {
      device: name,
    });
  }
  return document;
}

function parse(text: string): OverlayDocument | null {
  try {
    return JSON.parse(text) as OverlayDocument | null;
  } catch {
    return null;
  }
}
