/** What a plugin may ask of devices, layouts and blobs. It names a device by the id the host gave it, never by a path. */
import Type from 'typebox';
import { ContainerDescription } from './container';
import { BlobRef, ByteRange, Bytes, Empty, ExtentsRef, Finding, Id, Lease, Name, SectorSize, Text } from './common';

/** What tells a device from any other and its state from a later one; a plan binds to it. */
export const DeviceIdentity = Type.Object({
  kind: Type.Union([
    Type.Literal('file'),
    Type.Literal('block'),
    Type.Literal('nbd'),
    Type.Literal('overlay'),
    Type.Literal('image'),
  ]),
  size: Bytes,
  sectorSize: SectorSize,
  model: Type.Union([Text, Type.Null()]),
  serial: Type.Union([Text, Type.Null()]),
  /** SHA-256 over the first and the last 64 KiB (less where the device is smaller), where every partition table lies. */
  fingerprint: Name,
});

export const DeviceDescription = Type.Object({
  deviceId: Id,
  /** As the user named it. */
  path: Text,
  size: Bytes,
  sectorSize: SectorSize,
  physicalSectorSize: Type.Integer({ minimum: 512 }),
  readOnly: Type.Boolean(),
  identity: DeviceIdentity,
});

export const FilesystemSummary = Type.Object({
  type: Name,
  label: Type.Union([Text, Type.Null()]),
  uuid: Type.Union([Text, Type.Null()]),
  size: Bytes,
  used: Type.Union([Bytes, Type.Null()]),
});

export const Partition = Type.Object({
  /** As the kernel and the format's own tools number it; logical partitions start at 5. */
  number: Type.Integer({ minimum: 1 }),
  start: Bytes,
  size: Bytes,
  /** GPT: type GUID in lower case; MBR: `0x83`. */
  type: Name,
  /** The type in words. */
  typeName: Text,
  /** GPT partition name; null for MBR. */
  name: Type.Union([Text, Type.Null()]),
  /** GPT: unique GUID; MBR: `<signature>-<number>`, as the kernel writes PARTUUID. */
  id: Type.Union([Text, Type.Null()]),
  bootable: Type.Boolean(),
  /** `extended` holds logical partitions and is no volume itself. */
  role: Type.Union([Type.Literal('primary'), Type.Literal('extended'), Type.Literal('logical')]),
});

export const PartitionTableKind = Type.Union([Type.Literal('gpt'), Type.Literal('mbr'), Type.Literal('none')]);

/** A partition table as its provider reads it. */
export const TableLayout = Type.Object({
  type: PartitionTableKind,
  /** Disk GUID in lower case, or the MBR signature as eight hexadecimal digits. */
  id: Type.Union([Text, Type.Null()]),
  partitions: Type.Array(Partition, { maxItems: 4096 }),
  /** First and last byte + 1 that partitions may use. */
  usable: ByteRange,
  /** The ranges that the table itself lies in: boot record, headers, entry arrays, extended boot records. */
  structures: Type.Array(Type.Object({ offset: Bytes, length: Bytes, name: Name }), { maxItems: 4096 }),
  findings: Type.Array(Finding, { maxItems: 1024 }),
});

/** Space outside of table and partitions; an extended partition has all that it covers. */
export const Gap = Type.Object({ start: Bytes, size: Bytes });

/** A volume that is a member of a container: a volume group, an array, an encrypted one. */
export const ContainerSummary = Type.Object({
  ...ContainerDescription.properties,
  /** Of one that is locked, what it is in words. */
  type: Text,
  /** Id of the plugin that knows it. */
  plugin: Text,
  /** Why it tells nothing of itself before a passphrase is given, a sentence; null once one was, or where none is needed. */
  locked: Type.Union([Text, Type.Null()]),
});

/** What lies in a partition. */
const held = { filesystem: Type.Union([FilesystemSummary, Type.Null()]), container: Type.Optional(ContainerSummary) };

/** A device's layout with what lies in each partition; `volume` is set when the device has no table and is one volume itself. */
export const DeviceLayout = Type.Object({
  device: Type.Object({ path: Text, size: Bytes, sectorSize: SectorSize }),
  table: Type.Object({ type: PartitionTableKind, id: Type.Union([Text, Type.Null()]) }),
  partitions: Type.Array(Type.Object({ ...Partition.properties, ...held }), { maxItems: 4096 }),
  volume: Type.Union([FilesystemSummary, Type.Null()]),
  /** Of a device that is a member of a container as a whole. */
  container: Type.Optional(ContainerSummary),
  gaps: Type.Array(Gap, { maxItems: 8192 }),
  findings: Type.Array(Finding, { maxItems: 4096 }),
});

const device = Type.Object({ deviceId: Id });

export const messages = {
  'device/describe': { params: device, result: DeviceDescription, direction: 'toHost', capability: 'device.read', since: '0.1' },
  'device/layout': { params: device, result: DeviceLayout, direction: 'toHost', capability: 'device.read', since: '0.1' },
  /** A read lease of a range; without a range, of the whole device. The socket follows on the descriptor channel. */
  'device/lease': {
    params: Type.Object({ deviceId: Id, range: Type.Optional(ByteRange) }),
    result: Lease,
    direction: 'toHost',
    capability: 'device.read',
    since: '0.1',
  },
  'lease/release': { params: Type.Object({ leaseId: Id }), result: Empty, direction: 'toHost', capability: null, since: '0.1' },
  /**
   * Opens a socket (descriptor channel, named by `transferId`) to which the plugin writes a blob and then ends its side; the
   * service checks it and answers on the same socket with one JSON line, `{"digest","bytes"}` plus `count` and `covered` for
   * extents, or `{"error":{code,message,data}}`.
   */
  'blob/put': {
    params: Type.Object({ kind: Type.Union([Type.Literal('extents'), Type.Literal('bytes')]) }),
    result: Type.Object({ transferId: Id }),
    direction: 'toHost',
    capability: null,
    since: '0.1',
  },
  /** Opens a socket from which the plugin reads the blob until its end. */
  'blob/get': {
    params: BlobRef,
    result: Type.Object({ transferId: Id }),
    direction: 'toHost',
    capability: null,
    since: '0.1',
  },
} as const;

export const Blobs = Type.Union([BlobRef, ExtentsRef]);
