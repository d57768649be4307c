/** The container provider: it makes devices of what lies on volumes (a volume group, an array, an encrypted container), and serves them over NBD. */
import Type from 'typebox';
import { Bytes, Empty, Handle, Id, InlineBytes, Lease, Name, SectorSize, Text } from './common';
import { openResult } from './filesystem';

export const ContainerDevice = Type.Object({
  /** By which it is opened: `disk.img#2@name`. */
  name: Type.String({ minLength: 1, maxLength: 1024 }),
  size: Bytes,
  /** Null where the format does not say. */
  sectorSize: Type.Union([SectorSize, Type.Null()]),
  /** Why it cannot be opened, a sentence: a member is missing, or it is of a kind that is not read. */
  unavailable: Type.Optional(Text),
});

export const ContainerDescription = Type.Object({
  /** libblkid's name of a member: `LVM2_member`, `linux_raid_member`, `crypto_LUKS`. */
  type: Name,
  label: Type.Union([Text, Type.Null()]),
  uuid: Type.Union([Text, Type.Null()]),
  /** What else is worth knowing, name and value: `[["level", "raid1"]]`. */
  details: Type.Array(Type.Tuple([Text, Text]), { maxItems: 64 }),
  /** What a user should know before relying on it, sentences. */
  warnings: Type.Array(Text, { maxItems: 64 }),
  devices: Type.Array(ContainerDevice, { maxItems: 1024 }),
});

const toPlugin = <P extends Type.TSchema, R extends Type.TSchema>(params: P, result: R) =>
  ({ params, result, direction: 'toPlugin', capability: null, since: '0.2' }) as const;

export const messages = {
  /**
   * `container` is the contribution's id. The first lease is of the volume that was asked for; the others are candidates for further members. `secret`
   * is the passphrase that the user gave, and null where none was; `keyFile` is all of the file that was named for it, where that is more. Fails with SecretNeeded where that is not enough. `type` is null when the score is 0.
   */
  'container/open': toPlugin(
    Type.Object({
      container: Name,
      leases: Type.Array(Lease, { minItems: 1, maxItems: 256 }),
      secret: Type.Union([Text, Type.Null()]),
      keyFile: Type.Optional(InlineBytes),
    }),
    openResult(Type.Union([ContainerDescription, Type.Null()])),
  ),
  /** Serves a device of it on the socket that comes under `connection`, until that or the handle is closed. Answers when the socket has come. */
  'container/serve': toPlugin(Type.Object({ handle: Id, device: ContainerDevice.properties.name, connection: Id }), Empty),
  'container/close': toPlugin(Handle, Empty),
} as const;
