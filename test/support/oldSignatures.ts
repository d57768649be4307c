/** What a target may hold before it is written: signatures that other programs know. */
import { open } from 'node:fs/promises';

const MD_MAGIC = 0xa92b4efc;
const SUPERBLOCK_BYTES = 256;
const MAX_DEVICES = 384;

/**
 * The superblock of a Linux software RAID member, version 1.0, which lies at the device's tail (linux/raid/md_p.h, `struct mdp_superblock_1`): 8 KiB before its end, on a 4 KiB boundary.
 */
export function mdSuperblock(size: number): { offset: number; bytes: Buffer } {
  const sectors = Math.floor(size / 512);
  const sector = Math.floor((sectors - 16) / 8) * 8;
  const bytes = Buffer.alloc(SUPERBLOCK_BYTES + MAX_DEVICES * 2);
  bytes.writeUInt32LE(MD_MAGIC, 0);
  bytes.writeUInt32LE(1, 4);
  bytes.fill(0x11, 16, 32);
  bytes.write('old:0', 32);
  bytes.writeInt32LE(1, 72);
  bytes.writeBigUInt64LE(BigInt(sector), 80);
  bytes.writeUInt32LE(2, 92);
  bytes.writeBigUInt64LE(BigInt(sector), 136);
  bytes.writeBigUInt64LE(BigInt(sector), 144);
  bytes.writeUInt32LE(MAX_DEVICES, 220);
  let sum = 0n;
  for (let at = 0; at < bytes.length; at += 4) sum += BigInt(bytes.readUInt32LE(at));
  bytes.writeUInt32LE(Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn), 216);
  return { offset: sector * 512, bytes };
}

/** The primary volume descriptor of an ISO 9660 filesystem (ECMA-119, 8.4), as far as programs look at it. */
export function isoDescriptor(): { offset: number; bytes: Buffer } {
  const bytes = Buffer.alloc(2048);
  bytes[0] = 1;
  bytes.write('CD001', 1, 'latin1');
  bytes[6] = 1;
  bytes.write('OLD'.padEnd(32), 40, 'latin1');
  bytes.writeUInt16LE(2048, 128);
  bytes.writeUInt16BE(2048, 130);
  return { offset: 32768, bytes };
}

/** Puts an md superblock at the tail and an ISO descriptor near the start. */
export async function addOldSignatures(path: string, size: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    for (const { offset, bytes } of [mdSuperblock(size), isoDescriptor()]) await file.write(bytes, 0, bytes.length, offset);
    await file.sync();
  } finally {
    await file.close();
  }
}
