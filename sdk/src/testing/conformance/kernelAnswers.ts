import { runPython } from '../runPython';

/** Attributes and extents of all files below a folder, by path in hexadecimal. What has data in its inode, or nowhere yet, tells no extent of it. */
const SCRIPT = `
import fcntl, json, os, stat, struct, sys
root = os.fsencode(sys.argv[1])
wanted = sys.argv[2:]
FIEMAP, COUNT = 0xc020660b, 512
LAST, PLACELESS, ENCODED = 1, 0x206, 8
def attributes(path):
  values = {}
  try: names = os.listxattr(path, follow_symlinks=False)
  except OSError: return values
  for key in names:
    try: values[key] = os.getxattr(path, key, follow_symlinks=False).hex()
    except OSError: pass
  return values
def extents(path):
  if stat.S_IFMT(os.lstat(path).st_mode) not in (stat.S_IFREG, stat.S_IFDIR): return None
  found, start, last = [], 0, False
  try: file = os.open(path, os.O_RDONLY)
  except OSError: return None
  try:
    while not last:
      answer = bytearray(32 + 56 * COUNT)
      struct.pack_into('=QQIIII', answer, 0, start, 2 ** 64 - 1 - start, 0, 0, COUNT, 0)
      fcntl.ioctl(file, FIEMAP, answer)
      mapped = struct.unpack_from('=I', answer, 20)[0]
      last = mapped == 0
      for index in range(mapped):
        logical, offset, length, flags = struct.unpack_from('=QQQ16xI', answer, 32 + 56 * index)
        if not flags & PLACELESS: found.append({'offset': offset, 'length': length, 'isEncoded': flags & ENCODED != 0})
        start, last = logical + length, flags & LAST != 0
    return found
  except OSError: return None
  finally: os.close(file)
answers = {'streams': attributes, 'extents': extents}
found = {}
for folder, folders, files in os.walk(root):
  for name in folders + files:
    path = os.path.join(folder, name)
    told = {key: answers[key](path) for key in wanted}
    found[path[len(root) + 1:].hex()] = {key: value for key, value in told.items() if value is not None}
print(json.dumps(found))
`;

/** Where the kernel says that bytes of a file are (FIEMAP): on the device, but for filesystems that number bytes otherwise. */
export interface KernelExtent {
  offset: number;
  /** As the file counts them, where it is compressed. */
  length: number;
  isEncoded: boolean;
}

export interface KernelAnswer {
  /** Extended attributes, their values in hexadecimal. */
  streams?: Readonly<Record<string, string>>;
  /** In the order of the file. Absent where the kernel does not tell. */
  extents?: readonly KernelExtent[];
}

/**
 * Asks the kernel about all files below a folder what Node has no calls for; by python3.
 * @returns by path below the folder, its bytes in hexadecimal
 */
export function kernelAnswers(folder: string, aspects: readonly (keyof KernelAnswer)[]): Readonly<Record<string, KernelAnswer>> {
  if (aspects.length === 0) return {};
  return JSON.parse(runPython(SCRIPT, folder, ...aspects)) as Record<string, KernelAnswer>;
}
