import type { BlockSource } from '../block/index';
import type { ServedNode } from '../nbd/index';
import type { ContainerDescription } from '../protocol/types';
import type { ProviderContext } from './common';

/**
 * Makes devices of what lies on one or several volumes: a volume group, an array of disks, an encrypted container. Listed in the manifest under
 * `contributes.containers` by the same id. Its devices are opened like any other, `DEVICE#N@NAME`, read-only.
 */
export interface ContainerProvider {
  /** How sure it is that the volume is a member of a container of its own, 0 … 100. Bytes that make no sense are a 0, not an exception. */
  probe(member: BlockSource, context: ProviderContext): Promise<number>;
  /**
   * Opens the container that `members[0]` belongs to. The other members are candidates: what does not belong is left alone. All are read past all caches.
   * A container that lacks members is opened all the same, and its description tells what of it is not available.
   * @throws SecretNeededError without the right passphrase; DamagedStructureError, NotSupportedError naming the feature
   */
  open(members: readonly BlockSource[], context: ContainerContext): Promise<OpenContainer>;
}

export interface ContainerContext extends ProviderContext {
  /** The passphrase that the user gave; null: none was given. To be kept in memory only, and told to nobody. */
  readonly secret: string | null;
  /**
   * All bytes of the file that the user named, where `secret` is not all of it: a key file, such as one of random bytes. Either may be meant, if both
   * are given. As `secret`, to be kept in memory only.
   */
  readonly keyFile: Buffer | null;
}

/** An open container. A damaged part of a device fails with DamagedStructureError when it is read, and the rest can be read on. */
export interface OpenContainer {
  describe(): ContainerDescription;
  /**
   * What is read of one of the described devices. Asked for as often as the device is opened.
   * @throws RefusedError naming what is missing of one that is not available
   */
  device(name: string): ServedNode;
  /** Frees what it holds; called once. The members are closed by the runtime. */
  close?(): Promise<void>;
}
