import { RefusedError } from '@diskwright/sdk/errors';
import { isAbsolute } from 'node:path';
import { parseImageName } from '../../common/imageName';
import type {
  ClaimRegistry,
  ContainerOpener,
  ContentOpener,
  OpenedNode,
  OpenOptions,
  OverlayOpener,
  SectorContext,
  Usage,
} from '../contracts';
import { identify } from '../identity';
import type { Claims } from '../leases/claimRegistry';
import type { WritableNode } from '../nodes/blockNode';
import { hangingRequests } from '../nodes/hangingRequests';
import { requireAnswers } from '../nodes/requireAnswers';
import { openForWriting } from '../nodes/openForWriting';
import { openNode } from '../nodes/openNode';
import { findImage, imageTarget } from '../images/findImage';
import type { ImageService } from '../images/imageService';
import { folderLiesOn, type NamedStorage, sameStorage } from '../platform/sameStorageLinux';
import { containerTarget, isContainerName } from '../containers/containerOpener';
import { isContentName } from '../contents/contentName';
import { findUsage } from '../platform/usageLinux';

/** Of an image that lies on many files. */
const MAX_USAGE = 64;

/** What the service gives to plans, jobs and overlays; see {@link SectorContext}. */
export class ServiceContext implements SectorContext {
  readonly claims: ClaimRegistry;
  /** Set once overlays, which need the context themselves, can be opened. */
  private overlays: OverlayOpener | null = null;
  private contents: ContentOpener | null = null;
  private containers: ContainerOpener | null = null;
  /** Set where image files may be opened at all. */
  private images: ImageService | null = null;

  constructor(
    readonly dataFolder: string,
    readonly elevated: boolean,
    private readonly allClaims: Claims,
  ) {
    this.claims = allClaims;
  }

  setOverlays(overlays: OverlayOpener): void {
    this.overlays = overlays;
  }

  setContents(contents: ContentOpener): void {
    this.contents = contents;
  }

  setContainers(containers: ContainerOpener): void {
    this.containers = containers;
  }

  setImages(images: ImageService): void {
    this.images = images;
  }

  async open(path: string, options: OpenOptions = {}): Promise<OpenedNode> {
    if (this.containers && (await isContainerName(path))) return this.containers.openNamed(path, options);
    const { raw, path: file } = parseImageName(path);
    if (isAbsolute(file)) await requireAnswers(file);
    if (raw) return openNode(file, this.rights(), { ...options, name: path });
    if (this.contents && (await isContentName(path))) return this.contents.openNamed(path, options);
    const found = this.images && isAbsolute(path) && !options.plain ? await findImage(path, this.images) : null;
    const opened = found && (await this.images!.open(found, path, options));
    return opened ?? openNode(path, this.rights(), options);
  }

  async openForWriting(path: string, options: OpenOptions = {}): Promise<OpenedNode<WritableNode>> {
    if (await isContainerName(path)) throw containerTarget(path);
    const { raw, path: file } = parseImageName(path);
    if (isAbsolute(file)) await requireAnswers(file);
    const mayBeImage = !raw && !options.plain && isAbsolute(path);
    if (mayBeImage && this.images && (await findImage(path, this.images))) throw imageTarget(path);
    return openForWriting(file, this.rights(), { ...options, name: path });
  }

  /** The overlay for a writable export. @throws RefusedError for anything else */
  async openOverlayForWriting(opened: OpenedNode): Promise<WritableNode> {
    const { storage, node } = opened;
    if (storage.kind !== 'overlay' || !this.overlays) {
      const todo = 'Simulate a plan and export its overlay, or export it read-only.';
      throw new RefusedError(`${node.path} is no overlay: only overlays are served for writing`, { device: node.path, todo });
    }
    return (await this.overlays.open(storage.name, true)) as WritableNode;
  }

  identify(opened: OpenedNode, signal?: AbortSignal) {
    return identify(opened, signal);
  }

  async usage(opened: OpenedNode): Promise<Usage[]> {
    if (opened.bases) return (await Promise.all(opened.bases.map((base) => this.usage(base)))).flat();
    const stuck = hanging(opened);
    // Looking for locks opens a file, which would wait as well; nothing can be opened anew for a plan meanwhile either.
    if (opened.storage.kind === 'file' && stuck.length > 0) return stuck;
    const files = opened.image?.files ?? [opened];
    const found = await Promise.all(files.map(({ node, storage }) => findUsage(parseImageName(node.path).path, storage)));
    return [...stuck, ...found.flat().slice(0, MAX_USAGE)];
  }

  /** As {@link usage}, and what this service itself does with it. */
  async usageWithOwn(opened: OpenedNode): Promise<Usage[]> {
    const changing = { text: `${opened.node.path} is being written by a job: what is read may change.`, writes: true };
    return [...(this.allClaims.isChanging(opened) ? [changing] : []), ...(await this.usage(opened))];
  }

  async sameStorage(a: OpenedNode, b: OpenedNode): Promise<string | null> {
    return sameStorage(named(a), named(b));
  }

  async folderLiesOn(folder: string, opened: OpenedNode): Promise<string | null> {
    return folderLiesOn(folder, named(opened));
  }

  private rights() {
    return { elevated: this.elevated, overlays: this.overlays };
  }
}

/** A request that still hangs may yet change what is there; and whoever asks next may hang as well. */
function hanging(opened: OpenedNode): Usage[] {
  return hangingRequests
    .list()
    .filter((request) => sameStorage(request, named(opened)) !== null)
    .map(({ path, offset, writes, since }) => {
      const place = offset === null ? '' : ` at byte ${offset}`;
      const seconds = Math.round((Date.now() - since) / 1000);
      const text = `${path}: an earlier request${place} still hangs; it was given up ${seconds} s ago.`;
      return { text, writes };
    });
}

function named({ node, storage }: OpenedNode): NamedStorage {
  return { path: node.path, storage };
}
