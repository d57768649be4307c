/** Devices, their layouts, allocation, structures, and what a byte belongs to. */
import Type from 'typebox';
import {
  ByteRange,
  Bytes,
  Count,
  Empty,
  Finding,
  Id,
  InlineBytes,
  Name,
  oneOf,
  SectorSize,
  Text,
} from '@diskwright/sdk/protocol/schemas/common';
import { DeviceLayout } from '@diskwright/sdk/protocol/schemas/devices';
import { Confidence } from '@diskwright/sdk/protocol/schemas/filesystem';
import { StructureInstance } from '@diskwright/sdk/protocol/schemas/lifecycle';
import { ImageProgress, ListedDevice, OpenedDevice } from '../../schemas/index';
import { nullable, notification, request } from './shared';

/** A plan's result, kept in the data folder; its name is a device. */
export const OverlayEntry = Type.Object({
  name: Name,
  /** Path of the device that it lies on. */
  base: Text,
  /** ISO 8601. */
  createdAt: Text,
  size: Bytes,
});

/** What was opened by name before. */
export const OpenedEntry = Type.Object({
  path: Text,
  size: nullable(Bytes),
  /** Why it cannot be opened any more. */
  error: nullable(Text),
  /** Whether it has been asked and has not answered yet: it may be slow, or gone. */
  waiting: Type.Boolean(),
});

/** One link of the way from the device down to a byte, outermost first. */
export const OwnerLink = Type.Object({
  /** `device`, `table`, `partition`, `gap`, `volume`, `structure`, `field`, `file`, `allocated`, `free`. */
  layer: Name,
  /** In words: `partition 2 (photos)`, `ext4 superblock`, `free space`. */
  what: Text,
  path: Type.Optional(Text),
  structure: Type.Optional(Name),
  field: Type.Optional(Text),
  offset: Bytes,
  length: Bytes,
});

const device = Type.Object({ deviceId: Id });
const volume = Type.Object({ deviceId: Id, partition: Type.Integer({ minimum: 0 }) });
/** Where structures are asked for: the partition table (null) or a volume (0 is the whole device as one). */
const Scope = nullable(Type.Integer({ minimum: 0 }));

export const StructureEntry = Type.Object({
  name: Name,
  offset: Bytes,
  length: Bytes,
  findings: Count,
});

export const messages = {
  /** Disks of the system, images and exports that were opened, and overlays. */
  'devices/list': request(
    Empty,
    Type.Object({
      disks: Type.Array(ListedDevice, { maxItems: 4096 }),
      /** What was opened by name, until it is forgotten. */
      opened: Type.Array(OpenedEntry, { maxItems: 4096 }),
      overlays: Type.Array(OverlayEntry, { maxItems: 4096 }),
    }),
  ),
  /** Something in the answer of `devices/list` is different now. */
  'devices/changed': notification(Empty),
  /**
   * The content of a device was written by a job, its overlay was made anew, or it was opened again and is another: what was read of it is stale, and its
   * path may stand for another device.
   */
  'devices/contentChanged': notification(Type.Object({ path: Text })),
  /** Opens by path, NBD URI or an overlay's name. The id is good for the life of the host, in all windows; what is kept longer is the path. */
  'devices/open': request(Type.Object({ path: Text, sectorSize: Type.Optional(SectorSize) }), OpenedDevice),
  /** How far an opening is that takes long, by whomever it was begun. */
  'devices/opening': notification(ImageProgress),
  /** Takes it from the list of what was opened, and closes it as soon as nothing uses it. */
  'devices/forget': request(Type.Object({ path: Text }), Empty),
  /** All devices that the window's editors show now: exports among them stay connected, since there are servers that end with their first client. */
  'devices/shown': request(Type.Object({ paths: Type.Array(Text, { maxItems: 1024 }) }), Empty),
  'devices/layout': request(
    device,
    Type.Object({
      layout: DeviceLayout,
      /** Where partitions may lie; null without a table. */
      usable: nullable(ByteRange),
      /** Where the table itself lies. */
      structures: Type.Array(Type.Object({ offset: Bytes, length: Bytes, name: Name }), { maxItems: 4096 }),
    }),
  ),
  /** Files of one folder, for choosing an image. */
  'files/list': request(
    Type.Object({ folder: Text }),
    Type.Object({
      folder: Text,
      parent: nullable(Text),
      entries: Type.Array(Type.Object({ name: Text, kind: oneOf('folder', 'file', 'device', 'other'), size: Bytes }), {
        maxItems: 10000,
      }),
      /** More entries than are listed. */
      truncated: Type.Boolean(),
    }),
  ),
  'volumes/info': request(
    volume,
    Type.Object({ offset: Bytes, size: Bytes, provider: nullable(Name), filesystem: nullable(Type.Unknown()) }),
  ),
  /** What the volume's provider finds wrong with it; offsets from the start of the device. */
  'volumes/check': request(volume, Type.Object({ findings: Type.Array(Finding, { maxItems: 4096 }) })),
  /** How full each of `cells` equal cells of a range of the volume is (the whole by default). */
  'volumes/allocationMap': request(
    Type.Object({
      deviceId: Id,
      partition: Type.Integer({ minimum: 0 }),
      cells: Type.Integer({ minimum: 1, maximum: 65536 }),
      range: Type.Optional(ByteRange),
    }),
    Type.Object({
      confidence: Confidence,
      reasons: Type.Array(Text, { maxItems: 64 }),
      /** From the volume's start. */
      range: ByteRange,
      /** Whole blocks, so there may be fewer cells than were asked for. The last cell may be shorter. */
      cellBytes: Bytes,
      /** A byte a cell, 0 (all free) … 255 (all used); anything used is at least 1, anything free at most 254. Null when unknown. */
      used: nullable(InlineBytes),
      /** Of the range; 0 when unknown. */
      usedBytes: Bytes,
      blockSize: nullable(Bytes),
    }),
  ),
  /** The structures of a table or a volume, without their fields, in the order of its provider. Offsets from the start of the device. */
  'structures/list': request(
    Type.Object({ deviceId: Id, scope: Scope, from: Count }),
    Type.Object({
      structures: Type.Array(StructureEntry, { maxItems: 1024 }),
      /** Where to go on; null at the end. */
      next: nullable(Count),
    }),
  ),
  /** Whole structures that meet a range, of the table and of all volumes; at most 64. Offsets from the start of the device. */
  'structures/at': request(
    Type.Object({ deviceId: Id, range: ByteRange }),
    Type.Object({
      structures: Type.Array(Type.Object({ scope: Scope, provider: Name, structure: StructureInstance }), { maxItems: 64 }),
      truncated: Type.Boolean(),
    }),
  ),
  /** The bytes for a field's new value, as the provider writes it; both offsets from the start of the device. */
  'structures/encodeField': request(
    Type.Object({
      deviceId: Id,
      scope: Scope,
      structureOffset: Bytes,
      structure: Name,
      field: Type.Array(Name, { maxItems: 16 }),
      value: Text,
    }),
    Type.Object({ offset: Bytes, bytes: InlineBytes }),
  ),
  'owner/chain': request(
    Type.Object({
      deviceId: Id,
      offset: Bytes,
      /** Somebody asked for it, and would rather wait than not be told all; else it is answered soon. */
      patient: Type.Optional(Type.Boolean()),
    }),
    Type.Object({
      chain: Type.Array(OwnerLink, { maxItems: 64 }),
      /** Whether the filesystem uses the byte is still being found out: ask again in a moment. */
      incomplete: Type.Boolean(),
    }),
  ),
  /** Serves a device over NBD until it is stopped or the host ends. Without a path one is made in the data folder. */
  'exports/start': request(
    Type.Object({ deviceId: Id, socketPath: nullable(Text), writable: Type.Boolean() }),
    Type.Object({ exportId: Id, socketPath: Text, uri: Text }),
  ),
  /**
   * Gives the passphrase of an encrypted container, by the volume that it lies on: `/a/disk.img#2`. The host keeps it in memory as long as it runs. Fails with
   * SecretNeeded where it is wrong.
   */
  'containers/unlock': request(Type.Object({ volume: Text, secret: Text }), Empty),
  'exports/stop': request(Type.Object({ exportId: Id }), Empty),
  'overlays/remove': request(Type.Object({ name: Name }), Empty),
} as const;
