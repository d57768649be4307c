"""A romfs (Linux, Documentation/filesystems/romfs.rst): everything is big-endian and lies at multiples of 16 bytes."""

import base64
import struct

from diskwright import DAMAGED, INVALID_INPUT, PluginError

MAGIC = b"-rom1fs-"
HEADER_BYTES = 16
CHECKED_BYTES = 512
# The kernel takes no longer names (fs/romfs/internal.h, ROMFS_MAXFN).
MAX_NAME_BYTES = 128
# Damage must not make a list without an end.
MAX_FILES = 1_000_000
TYPES = ["other", "directory", "file", "symlink", "blockDevice", "characterDevice", "socket", "fifo"]
HARD_LINK, DIRECTORY = 0, 1


def aligned(offset):
    return -(-offset // 16) * 16


class File:
    """A header: what it says, and where its content begins."""

    def __init__(self, lease, offset):
        if offset <= 0 or offset % 16 or offset > lease.size - 2 * HEADER_BYTES:
            raise PluginError(DAMAGED, f"there can be no file header at {offset}", structure="romfs file header")
        following, self.info, self.size, self.checksum = struct.unpack(">IIII", lease.read(offset, HEADER_BYTES))
        self.offset, self.type, self.next = offset, following & 7, following & ~15
        self.mode = following & 15
        self.name = name_at(lease, offset + HEADER_BYTES)
        self.content = aligned(offset + HEADER_BYTES + len(self.name) + 1)

    def structure(self):
        numbers = [("next", hex(self.next | self.mode)), ("info", hex(self.info)), ("size", self.size), ("checksum", hex(self.checksum))]
        fields = [(name, 4 * index, 4, value) for index, (name, value) in enumerate(numbers)]
        return structure("romfs file header", self.offset, fields)

    def node(self):
        return {"node": str(self.offset), "type": TYPES[self.type], "size": self.size, "mtime": None}


def name_at(lease, offset):
    name, end, _ = lease.read(offset, min(MAX_NAME_BYTES + 1, lease.size - offset)).partition(b"\0")
    if not end:
        raise PluginError(DAMAGED, "a name has no end", structure="romfs name", offset=offset)
    return name


class Romfs:
    """An open volume. A node is named by the offset of its header, the root by the offset of its first one."""

    def __init__(self, lease):
        self.lease = lease
        self.start = lease.read(0, min(CHECKED_BYTES, lease.size))
        magic, self.told_size, self.checksum = struct.unpack(">8sII", self.start[:16].ljust(16, b"\0"))
        if magic != MAGIC:
            raise PluginError(DAMAGED, "it is not one", structure="romfs superblock", offset=0, length=16)
        self.label = name_at(lease, HEADER_BYTES)
        self.root = aligned(HEADER_BYTES + len(self.label) + 1)
        if self.told_size < self.root + HEADER_BYTES:
            raise PluginError(DAMAGED, "it has no room for a file", structure="romfs superblock", offset=0, length=16)
        self.size = min(self.told_size, lease.size)
        self.root_node = {"node": str(self.root), "type": "directory", "size": 0, "mtime": None}

    def file(self, node):
        if not node.isdecimal():
            raise PluginError(INVALID_INPUT, f"there is no node {node}")
        return File(self.lease, int(node))

    def links(self, first):
        """The headers of a directory, from its first one on."""
        for _ in range(MAX_FILES):
            if first == 0:
                return
            file = File(self.lease, first)
            yield file
            first = file.next
        raise PluginError(DAMAGED, "a directory has no end", structure="romfs file header")

    def entries(self, node):
        directory = None if node == str(self.root) else self.file(node)
        if directory and directory.type != DIRECTORY:
            raise PluginError(INVALID_INPUT, f"node {node} is no directory")
        for link in self.links(directory.info if directory else self.root):
            if link.name in (b".", b".."):
                continue
            path = link.name.decode("utf-8", "replace")
            entry = {"path": path, **(File(self.lease, link.info) if link.type == HARD_LINK else link).node()}
            if path.encode() != link.name:
                entry["rawName"] = base64.b64encode(link.name).decode()
            yield entry

    def walk(self, node, recursive, matches):
        pending, seen = [("", node)], {node}
        while pending:
            prefix, directory = pending.pop()
            for entry in self.entries(directory):
                entry["path"] = prefix + entry["path"]
                if recursive and entry["type"] == "directory" and entry["node"] not in seen:
                    seen.add(entry["node"])
                    pending.append((entry["path"] + "/", entry["node"]))
                if matches(entry["path"]):
                    yield entry

    def extents(self, node):
        file = self.file(node)
        if file.content + file.size > self.lease.size:
            raise PluginError(DAMAGED, "its content would lie behind the end", structure="romfs file header", offset=file.offset)
        return [{"offset": file.content, "length": file.size}] if file.size else []

    def findings(self):
        def finding(code, message):
            return {"severity": "error", "code": code, "message": message, "ranges": [{"offset": 0, "length": 16}]}

        found = []
        if self.told_size > self.lease.size:
            found.append(finding("romfs.size", f"it spans {self.told_size} bytes, its volume has only {self.lease.size}"))
        summed = self.start[: self.size // 4 * 4]
        if sum(struct.unpack(f">{len(summed) // 4}I", summed)) & 0xFFFFFFFF:
            found.append(finding("romfs.checksum", "the checksum of its start does not fit"))
        return found

    def structures(self):
        fields = [("magic", 0, 8, MAGIC.decode()), ("size", 8, 4, self.told_size), ("checksum", 12, 4, hex(self.checksum))]
        yield structure("romfs superblock", 0, fields)
        pending, seen = [self.root], set()
        while pending:
            for file in self.links(pending.pop()):
                if file.offset in seen:
                    break
                seen.add(file.offset)
                yield file.structure()
                if file.type == DIRECTORY and file.info:
                    pending.append(file.info)


def structure(name, offset, fields):
    named = [{"name": field, "offset": at, "length": length, "value": str(value)} for field, at, length, value in fields]
    source = "Linux, Documentation/filesystems/romfs.rst"
    return {"name": name, "source": source, "offset": offset, "length": HEADER_BYTES, "fields": named, "findings": []}
