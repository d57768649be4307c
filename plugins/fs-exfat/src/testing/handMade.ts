import { runPython } from '@diskwright/sdk/testing';

/**
 * Writes into a fresh volume, by the specification of exFAT 1.00 (sections 3.1, 4.1, 6, 7.1, 7.2, 7.4, 7.6, 7.7). Apart from the reader on purpose: what
 * both take wrongly would be found by nobody.
 */
const SCRIPT = `
import json, struct, sys
path, order = sys.argv[1], json.loads(sys.argv[2])
image = open(path, 'r+b')
def read(offset, length):
  image.seek(offset)
  return image.read(length)
def write(offset, data):
  image.seek(offset)
  image.write(data)
# Boot sector, from FatOffset on (3.1).
boot = read(0, 512)
fat_sector, _, heap_sector, cluster_count, root, _, _, _, sector_shift, cluster_shift = struct.unpack_from('<IIIIIIHHBB', boot, 80)
sector, cluster_bytes = 1 << sector_shift, 1 << sector_shift + cluster_shift
place = lambda cluster: (heap_sector << sector_shift) + (cluster - 2) * cluster_bytes
# The root directory as mkfs.exfat leaves it: bitmap (7.1), up-case table (7.2), label; behind them it is free.
for free_entry in range(0, cluster_bytes, 32):
  entry = read(place(root) + free_entry, 32)
  if entry[0] == 0x81: bitmap_cluster, bitmap_bytes = struct.unpack_from('<IQ', entry, 20)
  if entry[0] == 0x82: upcase_cluster, upcase_bytes = struct.unpack_from('<IQ', entry, 20)
  if entry[0] == 0: break
bitmap = bytearray(read(place(bitmap_cluster), bitmap_bytes))
# The table is packed: 0xffff and a count stand for so many characters that are their own (7.2.5).
upcase, packed, index = list(range(0x10000)), read(place(upcase_cluster), upcase_bytes), 0
values = iter(struct.unpack('<%dH' % (upcase_bytes // 2), packed))
for value in values:
  if value == 0xffff: index += next(values, 1)
  else:
    upcase[index] = value
    index += 1
# A run of free clusters, the first behind those taken before.
next_free = 2
def take(count=1):
  global next_free
  while bitmap[next_free - 2 >> 3] >> (next_free - 2 & 7) & 1: next_free += 1
  first = next_free
  for cluster in range(first, first + count):
    if cluster >= cluster_count + 2: raise SystemExit('the volume is full')
    if bitmap[cluster - 2 >> 3] >> (cluster - 2 & 7) & 1: raise SystemExit('no run of free clusters')
    bitmap[cluster - 2 >> 3] |= 1 << (cluster - 2 & 7)
  next_free = first + count
  return first
# A chain in the FAT (4.1).
def link(clusters):
  for cluster, following in zip(clusters, clusters[1:] + [0xffffffff]):
    write((fat_sector << sector_shift) + 4 * cluster, struct.pack('<I', following))
# Of entry sets (6.3.3) and of names (7.6.4).
def checksum(data, start=0, skipped=()):
  total = start
  for index, byte in enumerate(data):
    if index not in skipped: total = ((total << 15 | total >> 1) + byte) & 0xffff
  return total
# File (7.4), stream extension (7.6) and file names (7.7); times in UTC.
DIRECTORY, ARCHIVE, POSSIBLE, NO_CHAIN = 0x10, 0x20, 1, 2
def entry_set(name, attributes, first, length, valid, flags, time):
  units = struct.unpack('<%dH' % (len(name.encode('utf-16-le')) // 2), name.encode('utf-16-le'))
  hashed = checksum(struct.pack('<%dH' % len(units), *(upcase[unit] for unit in units)))
  pieces = [units[at:at + 15] for at in range(0, len(units), 15)]
  file = struct.pack('<BBHHHIIIBBBBB7x', 0x85, 1 + len(pieces), 0, attributes, 0, time, time, time, 0, 0, 0x80, 0x80, 0x80)
  stream = struct.pack('<BBBBHHQIIQ', 0xc0, flags, 0, len(units), hashed, 0, valid, 0, first, length)
  names = b''.join(struct.pack('<BB15H', 0xc1, 0, *piece, *([0] * (15 - len(piece)))) for piece in pieces)
  whole = bytearray(file + stream + names)
  struct.pack_into('<H', whole, 2, checksum(whole, 0, (2, 3)))
  return bytes(whole)
def noon(day): return (46 << 9 | 1 + day // 28 % 12 << 5 | 1 + day % 28) << 16 | 12 << 11
def add_to_root(data):
  global free_entry
  if free_entry + len(data) >= cluster_bytes: raise SystemExit('the root directory is full')
  write(place(root) + free_entry, data)
  free_entry += len(data)
# A cluster of the folder is taken when it is full: those of the files lie between.
if 'crowd' in order:
  crowd = order['crowd']
  clusters, pending, length = [], b'', 0
  def put(data):
    global pending
    pending += data
    while len(pending) >= cluster_bytes:
      clusters.append(take())
      write(place(clusters[-1]), pending[:cluster_bytes])
      pending = pending[cluster_bytes:]
  for number in range(crowd['files']):
    first, content, flags = 0, b'', POSSIBLE
    if number % crowd['everyNthFilled'] == 0:
      first, content, flags = take(), b'content of %d' % number, POSSIBLE | NO_CHAIN
      write(place(first), content)
    put(entry_set('%d of many' % number, ARCHIVE, first, len(content), len(content), flags, noon(number)))
  if pending: put(bytes(cluster_bytes - len(pending)))
  link(clusters)
  length = len(clusters) * cluster_bytes
  add_to_root(entry_set('many', DIRECTORY, clusters[0], length, length, POSSIBLE, noon(0)))
for told in order.get('files', []):
  first = take(-(-told['size'] // cluster_bytes))
  for offset in told['writtenAt']: write(place(first) + offset, b'written by hand at %d' % offset)
  add_to_root(entry_set(told['name'], ARCHIVE, first, told['size'], told['valid'], POSSIBLE | NO_CHAIN, noon(1)))
write(place(bitmap_cluster), bitmap)
# PercentInUse, in both boot regions; their checksums leave it out (3.1.18).
used = sum(bin(byte).count('1') for byte in bitmap)
write(112, bytes([used * 100 // cluster_count]))
write(12 * sector + 112, bytes([used * 100 // cluster_count]))
image.close()
`;

/** A file whose clusters follow each other without a chain. What is not written is a hole of the image. */
export interface HandMadeFile {
  name: string;
  size: number;
  /** ValidDataLength: what lies behind it was never written. */
  valid: number;
  /** Where in the file it says so. */
  writtenAt: readonly number[];
}

/** What the drivers write too slowly, or not at all. */
export interface HandMade {
  /** So many files in the folder `many`, which is a chain with the clusters of its files between its own. */
  crowd?: {
    files: number;
    /** Each so manieth has a content. */
    everyNthFilled: number;
  };
  files?: readonly HandMadeFile[];
}

/** Writes into a volume that mkfs.exfat made and nobody has filled; the root directory has to stay within its first cluster. */
export function writeByHand(path: string, what: HandMade): void {
  runPython(SCRIPT, path, JSON.stringify(what));
}
