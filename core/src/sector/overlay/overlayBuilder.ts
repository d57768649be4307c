import { InvalidInputError, NotSupportedError } from '@diskwright/sdk/errors';
import type { ExtentList } from '@diskwright/sdk/extents';
import type { BlobRef, ExtentsRef } from '@diskwright/sdk/protocol';
import { open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { makeFolder } from '../../common/files/makeFolder';
import { canonicalJson, sha256 } from '../../common/plan/index';
import {
  documentPath,
  OVERLAY_FORMAT,
  overlayFolder,
  overlaysFolder,
  type LayerDocument,
  type OverlayDocument,
} from './overlayDocument';
import { RangeMap, ZEROS } from './rangeMap';
import { writeFully } from '../writeFully';

/** Reading goes through every layer; a plan with more copies than this is not one that a person reads. */
const MAX_LAYERS = 1024;

/**
 * Makes an overlay's folder, layer by layer from below. Until {@link commit} it exists under another name only; whoever made the
 * builder calls {@link abandon} when it is not committed.
 */
export class OverlayBuilder {
  private readonly layers: LayerDocument[] = [];
  private readonly written = new Set<string>();
  private map: RangeMap | null = null;
  private dataBytes = 0;

  private constructor(
    private readonly folder: string,
    private readonly finalFolder: string,
    private readonly data: FileHandle,
  ) {}

  /** @throws InvalidInputError when the name is no name */
  static async create(dataFolder: string, name: string): Promise<OverlayBuilder> {
    const finalFolder = overlayFolder(dataFolder, name);
    const folder = join(overlaysFolder(dataFolder), `.new-${randomUUID()}`);
    makeFolder(join(folder, 'blobs'), 0o700);
    return new OverlayBuilder(folder, finalFolder, await open(join(folder, 'data'), 'wx', 0o600));
  }

  /** Extents that read from a device, or with `device` null from the state below. The reference was checked against the list. */
  async copy(
    device: string | null,
    sourceOffset: number,
    targetOffset: number,
    list: ExtentList,
    extents: ExtentsRef,
  ): Promise<void> {
    await this.closeBytes();
    await this.putBlob(extents, list.blob);
    this.push({ kind: 'copy', source: { device, offset: sourceOffset }, targetOffset, extents });
  }

  /** Extents that read as zeros, relative to `targetOffset`. The reference was checked against the list. */
  async zeroExtents(targetOffset: number, list: ExtentList, extents: ExtentsRef): Promise<void> {
    await this.closeBytes();
    await this.putBlob(extents, list.blob);
    this.push({ kind: 'zeros', targetOffset, extents });
  }

  async write(offset: number, bytes: Buffer): Promise<void> {
    this.bytes().set(offset, bytes.length, this.dataBytes);
    await writeFully(this.data, bytes, this.dataBytes);
    this.dataBytes += bytes.length;
  }

  zero(offset: number, length: number): void {
    this.bytes().set(offset, length, ZEROS);
  }

  /**
   * Writes the document and gives the overlay its name.
   * @throws InvalidInputError when there is an overlay of that name already
   */
  async commit(about: Pick<OverlayDocument, 'title' | 'plan' | 'base' | 'devices'>): Promise<void> {
    await this.closeBytes();
    await this.data.close();
    const document: OverlayDocument = { format: OVERLAY_FORMAT, ...about, layers: this.layers, dataBytes: this.dataBytes };
    await writeFile(documentPath(this.folder), canonicalJson(document), { mode: 0o600 });
    await rename(this.folder, this.finalFolder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      throw new InvalidInputError(`there is an overlay in ${this.finalFolder} already`, {
        todo: 'Give it another name, or remove the old one.',
      });
    });
  }

  /** Removes what was made. Idempotent, and without effect on a committed overlay. */
  async abandon(): Promise<void> {
    await this.data.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The map of the bytes layer on top; neighbouring writes and zeros share it. */
  private bytes(): RangeMap {
    return (this.map ??= new RangeMap());
  }

  private async closeBytes(): Promise<void> {
    if (!this.map) return;
    const blob = this.map.toBlob();
    this.map = null;
    const reference = { digest: sha256(blob), bytes: blob.length };
    await this.putBlob(reference, blob);
    this.push({ kind: 'bytes', map: reference });
  }

  private async putBlob(reference: BlobRef, blob: Buffer): Promise<void> {
    if (this.written.has(reference.digest)) return;
    this.written.add(reference.digest);
    await writeFile(join(this.folder, 'blobs', reference.digest), blob, { flag: 'wx', mode: 0o600 });
  }

  private push(layer: LayerDocument): void {
    this.layers.push(layer);
    if (this.layers.length > MAX_LAYERS)
      throw new NotSupportedError(`an overlay of more than ${MAX_LAYERS} layers is not supported`);
  }
}
