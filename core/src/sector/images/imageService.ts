import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute } from 'node:path';
import {
  DeviceGoneError,
  DiskwrightError,
  FailedError,
  fromWireError,
  InvalidInputError,
  StaleError,
  toWireError,
} from '@diskwright/sdk/errors';
import { NbdClient, type NbdReads, type SocketReader } from '@diskwright/sdk/nbd';
import type { SectorSize } from '@diskwright/sdk/protocol';
import type { Peer, PeerHandlers } from '@diskwright/sdk/rpc';
import { abortable } from '../../common/flow/abortable';
import type { ImageFormatMagic, ImageProgress, ServedImageInfo, ServiceParams, ServiceProtocol } from '../../common/index';
import { rawName } from '../../common/imageName';
import { matchesMagic } from '../../common/magic';
import type { AuditLog } from '../audit/auditLog';
import type { OpenedImage, OpenedNode, OpenOptions } from '../contracts';
import type { LeaseRegistry } from '../leases/leaseRegistry';
import type { Tokens } from '../leases/tokens';
import { detectSectorSize } from '../nodes/detectSectorSize';
import { tailNote } from '../nodes/tailText';
import type { DataHandler } from '../service/dataServer';
import { ServedNode, servingGone } from '../serving/servedNode';
import { findImage } from './findImage';
import { openImageFile, openSiblingFile, peekFile, peekNode } from './imageFile';
import type { KeptCopies, KeptCopy } from './keptCopies';
import { KeptNode, WholeSectors } from './keptNode';
import { OpeningProgress } from './openingProgress';

export interface ImageServiceParts {
  /** The host; null once it is gone. */
  host(): Peer<ServiceProtocol> | null;
  leases: LeaseRegistry;
  tokens: Tokens<DataHandler>;
  audit: AuditLog | null;
  copies: KeptCopies;
  /** Is told how far an opening is that takes long. */
  onProgress(progress: ImageProgress): void;
}

/** What is to be opened: a file, or what another image holds, which is then `base`; whoever opens it owns `base` from then on. */
interface ImageFile {
  path: string;
  snapshot: string | null;
  formats: string[];
  /** Files that it needs have to lie there: the folder of what the user picked. */
  folder: string;
  base: OpenedNode | null;
  /** How many images it is a part of that are being opened. */
  depth: number;
  progress: OpeningProgress;
}

/** What an image and those that it needs have in common. */
type Opening = Pick<ImageFile, 'folder' | 'depth' | 'progress'>;

/** An image that is open or being opened. */
interface OpenImage {
  readonly path: string;
  readonly snapshot: string | null;
  readonly opening: Opening;
  /** The image itself first, then what else it was found to need. */
  readonly files: OpenedNode[];
  readonly connected: Promise<SocketReader>;
  connect(reader: SocketReader): void;
  /** Bytes that were read of the image itself. */
  bytesRead(): number;
}

type Sibling = ServiceParams<'image/lease'>['sibling'] & object;

/** More files than a chain of images is made of. */
const MAX_FILES = 1025;
/** Images in images: parts of a compressed image of an image, and some more. */
const MAX_LAYERS = 6;
/** Images that are parts of images: more of these are an image that is a part of itself. */
const MAX_DEPTH = 4;

/**
 * Opens what image files hold. The service knows no format: the host has told which bytes mark which, and has a plugin serve the disk over a
 * connection that is a device here. The plugin reads the files over leases, and no others than those that lie in the image's folder.
 */
export class ImageService {
  private formats: readonly ImageFormatMagic[] = [];
  private readonly images = new Map<string, OpenImage>();

  constructor(private readonly parts: ImageServiceParts) {}

  /** The formats whose marks a regular file bears, in its bytes or its name, by the ids of their contributions. */
  async formatsOf(path: string): Promise<string[]> {
    if (this.formats.length === 0) return [];
    const magics = this.formats.flatMap(({ magic }) => magic.flat());
    // What cannot be read is told of, in its own words, when it is opened.
    const peeked = await peekFile(path, magics).catch(() => null);
    if (!peeked) return [];
    const name = basename(path).toLowerCase();
    return this.formats
      .filter(({ magic, nameEndings }) => matchesMagic(magic, peeked) || nameEndings.some((ending) => name.endsWith(ending)))
      .map(({ id }) => id);
  }

  /**
   * Opens what an image file holds, and where that may be an image again, what that holds; null when no plugin takes it for its own after all.
   * @param name as the user named it, for messages
   * @throws what the plugin says of a damaged or unsupported image, DeviceGoneError without a host
   */
  async open(
    file: { path: string; snapshot: string | null; formats: string[] },
    name: string,
    options: OpenOptions,
  ): Promise<OpenedNode | null> {
    const progress = new OpeningProgress(name, (reached) => this.parts.onProgress(reached));
    try {
      return await this.openWith(file, name, options, { folder: dirname(file.path), depth: 0, progress });
    } finally {
      progress.end();
    }
  }

  private async openWith(
    file: Pick<ImageFile, 'path' | 'snapshot' | 'formats'>,
    name: string,
    options: OpenOptions,
    opening: Opening,
  ): Promise<OpenedNode | null> {
    let opened = await this.openLayer({ ...file, ...opening, base: null }, name, options);
    for (let layers = 1; opened?.image?.wraps && layers < MAX_LAYERS; layers++) {
      const inner = await this.openInner(opened, { path: file.path, snapshot: null, ...opening }, name, options);
      if (!inner) break;
      opened = inner;
    }
    return opened;
  }

  /** What the content of an image holds, if it bears the marks of one. Either the content belongs to the answer, or the answer is null. */
  private async openInner(
    outer: OpenedNode,
    file: Omit<ImageFile, 'formats' | 'base'>,
    name: string,
    options: OpenOptions,
  ): Promise<OpenedNode | null> {
    const { whole } = outer.image!;
    const magics = this.formats.flatMap(({ magic }) => magic.flat());
    try {
      const peeked = await peekNode(whole, magics, options.signal);
      const formats = this.formats.filter(({ magic }) => matchesMagic(magic, peeked)).map(({ id }) => id);
      if (formats.length === 0) return null;
      return await this.openLayer({ ...file, formats, base: { ...outer, node: whole } }, name, options);
    } catch (error) {
      await outer.node.dispose();
      throw error;
    }
  }

  /** Opens a copy that was kept, or has a plugin serve the image. */
  private async openLayer(file: ImageFile, name: string, options: OpenOptions): Promise<OpenedNode | null> {
    const { copies } = this.parts;
    const paths = file.base?.image?.files.map(({ node }) => node.path) ?? [file.path];
    const key = await copies.keyOf(paths, file.formats);
    const kept = await copies.find(key);
    if (kept) {
      await file.base?.node.dispose();
      return openKept(kept, paths, name, options);
    }
    const opened = await this.openServed(file, name, options);
    if (!opened?.image?.sequential) return opened;
    try {
      const { image } = opened;
      const { progress, path } = file;
      const onProgress = (done: number): void => progress.at('copy', path, done, image.whole.size);
      const made = await copies.make(key, factsOf(image), image.whole, { signal: options.signal, onProgress });
      return await openKept(made, paths, name, options);
    } finally {
      await opened.node.dispose();
    }
  }

  private async openServed(file: ImageFile, name: string, options: OpenOptions): Promise<OpenedNode | null> {
    const host = this.parts.host();
    if (!host) {
      throw new DeviceGoneError(`${name} is an image that a plugin reads, and the program that runs plugins has ended`, {
        device: name,
        todo: 'Open it again from a running Diskwright; a job that needs it can be gone on with.',
      });
    }
    const imageId = `image-${randomUUID()}`;
    const image = await this.add(imageId, file);
    const { node } = image.files[0]!;
    const watch = file.progress.watch(file.path, node.size, () => image.bytesRead());
    try {
      const { path, snapshot, formats } = file;
      const info = await host.request('image/open', { imageId, path, snapshot, formats }, options.signal);
      if (!info) {
        // What it would have lain on is the caller's again.
        if (file.base) image.files.shift();
        await this.remove(imageId);
        return null;
      }
      return await this.connect(imageId, image, info, name, options);
    } catch (error) {
      await this.remove(imageId);
      throw about(name, file.path, error);
    } finally {
      watch.dispose();
    }
  }

  handlers(): PeerHandlers<ServiceProtocol> {
    const { leases, tokens, audit } = this.parts;
    return {
      'image/formats': ({ formats }) => {
        this.formats = formats;
        return {};
      },
      'image/identify': async ({ path }) => {
        const image = isAbsolute(path) ? await findImage(path, this).catch(() => null) : null;
        return { formats: image?.formats ?? [] };
      },
      'image/lease': async ({ imageId, sibling, holder, account, reader }) => {
        const image = this.get(imageId);
        const { node } = sibling === null ? image.files[0]! : await this.addSibling(imageId, sibling);
        let leaseId = '';
        const reading = audit?.begin({ ...reader, device: node.path }, () => leases.charge(leaseId));
        const range = { offset: 0, length: node.size };
        let bytes = 0;
        const onRead = (reads: NbdReads): void => {
          bytes += reads.bytes;
          reading?.read(reads);
        };
        leaseId = leases.create(node, range, holder, () => reading?.end(), account, onRead);
        if (sibling === null) {
          image.bytesRead = () => {
            leases.charge(leaseId);
            return bytes;
          };
        }
        const token = tokens.issue(
          (socket) => leases.serve(leaseId, socket),
          () => leases.expire(leaseId),
        );
        if (!token) throw new FailedError('too many leases wait for their connection');
        return { leaseId, token, size: node.size, path: node.path };
      },
      'image/connect': ({ imageId }) => {
        const image = this.get(imageId);
        const token = tokens.issue(async (reader) => image.connect(reader));
        if (!token) throw new FailedError('too many connections wait');
        return { token };
      },
    };
  }

  private async connect(
    imageId: string,
    { snapshot, files, connected }: OpenImage,
    info: ServedImageInfo,
    name: string,
    options: OpenOptions,
  ): Promise<OpenedNode> {
    const reader = await abortable(connected, options.signal);
    const client = await NbdClient.connect(reader, { device: name, signal: options.signal });
    try {
      const peek = (offset: number, length: number) => client.read(offset, length, options.signal).catch(() => null);
      const sectorSize: SectorSize =
        options.sectorSize ?? info.sectorSize ?? (info.sequential ? 512 : await detectSectorSize(client.size, peek));
      const { plugin } = info;
      const [node, whole] = [false, true].map(
        (exactSize) => new ServedNode(name, client, { sectorSize, plugin, exactSize, release: () => this.remove(imageId) }),
      ) as [ServedNode, ServedNode];
      const lowest = files.flatMap((file) => file.image?.files ?? [file]);
      if (node.size === 0) throw new InvalidInputError(`the disk in ${name} is empty`, { device: name });
      const tail = client.size - node.size;
      return {
        node,
        kind: 'image',
        model: null,
        serial: null,
        readOnly: true,
        notes: tail === 0 ? [] : [tailNote(name, tail, sectorSize)],
        storage: { kind: 'image', files: lowest.map(({ storage }) => storage) },
        ended: client.closed.then(() => servingGone(name, plugin)),
        image: { ...info, snapshot, files: lowest, whole },
      };
    } catch (error) {
      client.close();
      throw error;
    }
  }

  private async add(imageId: string, { path, snapshot, base, ...opening }: ImageFile): Promise<OpenImage> {
    let connect: OpenImage['connect'] = () => undefined;
    const connected = new Promise<SocketReader>((resolve) => (connect = resolve));
    const files = [base ?? (await openImageFile(path))];
    const image: OpenImage = { path, snapshot, opening, files, connected, connect, bytesRead: () => 0 };
    this.images.set(imageId, image);
    return image;
  }

  private async addSibling(imageId: string, { path, content, type }: Sibling): Promise<OpenedNode> {
    const image = this.get(imageId);
    if (image.files.length >= MAX_FILES) throw new FailedError(`${image.path} needs more than ${MAX_FILES} files`);
    const file = await openSiblingFile(image.path, path, image.opening.folder);
    const sibling = content ? await this.openContent(file, image, type) : file;
    // Whoever opens the image may have given up meanwhile: its files are closed then.
    if (!this.images.has(imageId)) await sibling.node.dispose();
    this.get(imageId).files.push(sibling);
    return sibling;
  }

  /** What a file of an image holds, if it is an image itself, and the file is closed then or when that fails; else the file. */
  private async openContent(file: OpenedNode, { opening }: OpenImage, type: string | null): Promise<OpenedNode> {
    const { path } = file.node;
    let opened: OpenedNode | null = null;
    try {
      const formats = await this.formatsOf(path);
      if (formats.length > 0) {
        const { folder, depth, progress } = opening;
        if (depth >= MAX_DEPTH) throw new FailedError(`${path} is a part of more than ${MAX_DEPTH} images, or of itself`);
        const inside = { folder: await realpath(folder), depth: depth + 1, progress };
        opened = await this.openWith({ path, snapshot: null, formats }, path, {}, inside);
      }
      if (type !== null && opened?.image?.type !== type)
        throw new InvalidInputError(`${path} is no image of the type ${type}, as which it is needed`, { device: path });
    } catch (error) {
      await Promise.all([file.node.dispose(), opened?.node.dispose()]);
      throw error;
    }
    if (!opened) return file;
    await file.node.dispose();
    // An image may be no whole number of sectors of the size that its content seems to have.
    return { ...opened, node: opened.image!.whole };
  }

  /** Tells the host that the image is of no more use, and closes its files. */
  private async remove(imageId: string): Promise<void> {
    const image = this.images.get(imageId);
    if (!image) return;
    this.images.delete(imageId);
    void this.parts
      .host()
      ?.notify('image/closed', { imageId })
      .catch(() => undefined);
    await Promise.all(
      image.files.map(async ({ node }) => {
        await this.parts.leases.revokeOn(node);
        await node.dispose();
      }),
    );
  }

  private get(imageId: string): OpenImage {
    const image = this.images.get(imageId);
    if (!image) throw new StaleError('the image is not open any more');
    return image;
  }
}

/** What is told of an image, without what only this process has of it. */
export function factsOf({ files: _files, whole: _whole, snapshot: _snapshot, ...info }: OpenedImage): ServedImageInfo {
  return info;
}

/** @param paths of the files that the copy was made of */
async function openKept(
  { path, info }: KeptCopy,
  paths: readonly string[],
  name: string,
  options: OpenOptions,
): Promise<OpenedNode> {
  const files: OpenedNode[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(files.map(({ node }) => node.dispose()));
  };
  try {
    for (const each of paths) files.push(await openImageFile(each));
    const whole = await KeptNode.open(path, name, options.sectorSize ?? info.sectorSize ?? undefined, close);
    return {
      node: new WholeSectors(whole),
      kind: 'image',
      model: null,
      serial: null,
      readOnly: true,
      notes: [],
      storage: { kind: 'image', files: files.map(({ storage }) => storage) },
      image: { ...info, snapshot: null, files, whole },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The error of an opening, which a plugin tells without knowing where the image lies. */
function about(name: string, path: string, error: unknown): unknown {
  if (!(error instanceof DiskwrightError) || error.code === 'Cancelled') return error;
  const { data, message, code } = toWireError(error);
  const todo = data?.todo ?? `The file's own bytes are shown under the name ${rawName(path)}.`;
  return fromWireError({ code, message: `${name}: ${message}`, data: { ...data, device: name, todo } });
}
