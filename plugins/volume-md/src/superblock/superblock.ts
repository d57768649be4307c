/** What a device is for its array. A number: its position there. */
export type DeviceRole = number | 'spare' | 'faulty' | 'journal';

/** What the superblock of a device says, whatever its version. Places and sizes are bytes. */
export interface Superblock {
  version: '0.90' | '1.0' | '1.1' | '1.2';
  /** Where it stands on the device. */
  offset: number;
  setUuid: string;
  /** As it is recorded: `host:name`; empty for version 0.90. */
  setName: string;
  /** Seconds since 1970. */
  created: number;
  updated: number;
  level: number;
  layout: number;
  chunkBytes: number;
  /** Used of each device. */
  sizeBytes: number;
  /** Devices of a whole array. */
  raidDisks: number;
  events: bigint;
  /** Of this device, by which the superblocks of others speak of it. */
  number: number;
  deviceUuid: string | null;
  /** What this superblock says of a device. */
  roleOf(number: number): DeviceRole;
  writeMostly: boolean;
  dataOffset: number;
  /** Of this device that data may use. */
  dataBytes: number;
  /** Up to where this device is rebuilt; null: it is as a whole. */
  recoveredBytes: number | null;
  /** All copies are known to be the same. */
  clean: boolean;
  /** The device is to take the place of another one. */
  replacement: boolean;
  bitmapOffset: number | null;
  badBlockLog: { offset: number; length: number; shift: number } | null;
  /** Why the array cannot be read as its level has it, in words that go on from "cannot be read: "; null: it can. */
  unread: string | null;
}
