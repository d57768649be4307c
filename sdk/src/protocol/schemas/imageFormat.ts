/** The image format provider: it serves what an image file holds over NBD, on a socket that the host gives it, and that is a device then. */
import Type from 'typebox';
import { Bytes, Count, Empty, Handle, Id, Lease, Name, SectorSize, Text } from './common';
import { openResult } from './filesystem';

export const ImageSnapshot = Type.Object({
  /** By which it is opened: `disk.qcow2@name`. */
  name: Text,
  /** Beside the name, where the format has one. */
  id: Type.Optional(Text),
  /** Bytes of the disk as it was. */
  size: Type.Optional(Bytes),
  /** ISO 8601. */
  createdAt: Type.Optional(Text),
});

export const ImageInfo = Type.Object({
  /** The format, as its own tools call it: `qcow2`, `vhdx`. */
  type: Name,
  /** Of the disk that the image holds. */
  size: Bytes,
  /** Null where the format does not say. */
  sectorSize: Type.Union([SectorSize, Type.Null()]),
  /** What else is worth knowing, name and value: `[["cluster size", "64 KiB"]]`. */
  details: Type.Array(Type.Tuple([Text, Text]), { maxItems: 64 }),
  /** What a user should know before relying on it, sentences. */
  warnings: Type.Array(Text, { maxItems: 64 }),
  snapshots: Type.Array(ImageSnapshot, { maxItems: 1024 }),
  /** All there are; `snapshots` may be cut. */
  snapshotCount: Count,
  /** What it holds may be an image itself, of any format, which is opened then: a disk in parts, or compressed as a whole. */
  wraps: Type.Optional(Type.Boolean()),
  /** It can be read well from its beginning to its end only: it is read so once, and a copy is kept. */
  sequential: Type.Optional(Type.Boolean()),
});

const toPlugin = <P extends Type.TSchema, R extends Type.TSchema>(params: P, result: R) =>
  ({ params, result, direction: 'toPlugin', capability: null, since: '0.2' }) as const;

export const messages = {
  /**
   * `format` is the contribution's id. `openingId` names this opening for `imageFormat/sibling`; `name` is the file's, without its
   * folder; `snapshot` (by name or id) is to be served instead of the current state. `type` is null when the score is 0.
   */
  'imageFormat/open': toPlugin(
    Type.Object({ format: Name, lease: Lease, openingId: Id, name: Text, snapshot: Type.Union([Text, Type.Null()]) }),
    openResult(Type.Union([ImageInfo, Type.Null()])),
  ),
  /** Serves it on the socket that comes under `connection`, until that or the handle is closed. Answers when the socket has come. */
  'imageFormat/serve': toPlugin(Type.Object({ handle: Id, connection: Id }), Empty),
  'imageFormat/close': toPlugin(Handle, Empty),
  /**
   * While an image is being opened: another file that it needs, such as a backing file, by the path that the image names. Refused when it
   * does not lie in the image's folder. With `content`, what that file holds where it is an image itself, of any format; with `type` only
   * of that one, as `ImageInfo` names it.
   */
  'imageFormat/sibling': {
    params: Type.Object({ openingId: Id, path: Text, content: Type.Optional(Type.Boolean()), type: Type.Optional(Name) }),
    result: Type.Object({ lease: Lease, name: Text }),
    direction: 'toHost',
    capability: null,
    since: '0.2',
  },
} as const;
