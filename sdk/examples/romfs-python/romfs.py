"""A plugin that provides romfs: answers the messages of docs/protocol.md about it."""

import base64
import hashlib
import itertools
import re
import struct

from diskwright import DAMAGED, REFUSED, STALE, Host, PluginError
from volume import CHECKED_BYTES, Romfs

PAGE = 2048
LETTERS = {"file": "f", "directory": "d", "symlink": "l", "fifo": "p", "socket": "s"}
LETTERS |= {"blockDevice": "b", "characterDevice": "c", "other": "o"}


def packed(numbers):
    """Numbers of a table: binary64, little endian, in base64; NaN where there is none."""
    values = [float("nan") if number is None else number for number in numbers]
    return base64.b64encode(struct.pack(f"<{len(values)}d", *values)).decode()


def path_matcher(pattern):
    """Which paths a filter lets through: `*` and `?` stay within a name, `**` goes across; without a slash it is held against the last name."""
    if pattern is None:
        return lambda path: True
    wild = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*|\*|\?)", pattern[:1024])
    expression = re.compile("".join(wild.get(part, re.escape(part)) for part in parts), re.DOTALL)
    if "/" in pattern:
        return expression.fullmatch
    return lambda path: expression.fullmatch(path.rpartition("/")[2])


class Provider:
    """The messages of a filesystem provider; what is not here is answered as not there."""

    def __init__(self):
        self._open, self._lists, self._count = {}, {}, 0
        names = [name for name in dir(self) if not name.startswith("_")]
        self._host = Host({f"filesystem/{name}": getattr(self, name) for name in names})
        self._host.run()

    def open(self, filesystem, lease):
        sectors = self._host.lease(lease)
        try:
            volume = Romfs(sectors)
        except PluginError as error:
            sectors.close()
            if error.code == DAMAGED:
                return {"score": 0, "handle": None, "type": ""}
            raise
        self._count += 1
        self._open[f"fs{self._count}"] = volume
        return {"score": 90, "handle": f"fs{self._count}", "type": "romfs"}

    def close(self, handle):
        self._lists = {cursor: page for cursor, page in self._lists.items() if page[0] != handle}
        if handle in self._open:
            self._open.pop(handle).lease.close()
        return {}

    def info(self, handle):
        volume = self._volume(handle)
        nothing = {"uuid": None, "sectorSize": None, "features": [], "details": []}
        label = volume.label.decode("utf-8", "replace") or None
        sizes = {"size": volume.size, "used": volume.size, "blockSize": 1024}
        return {"type": "romfs", "label": label, "clean": True, **sizes, **nothing}

    def allocation(self, handle):
        volume = self._volume(handle)
        doubts = [finding["message"] for finding in volume.findings()]
        if doubts:
            return {"confidence": "unknown", "extents": None, "reasons": doubts}
        return {"confidence": "exact", "extents": self._host.put_extents([(0, volume.size)]), "reasons": []}

    def commitExtents(self, handle):
        return {"extents": [{"offset": 0, "length": min(CHECKED_BYTES, self._volume(handle).size)}]}

    def generation(self, handle):
        ranges = self.commitExtents(handle)["extents"]
        # Read anew: it has to change with the volume.
        start = self._volume(handle).lease.read(**ranges[0])
        return {"ranges": ranges, "digest": hashlib.sha256(start).hexdigest()}

    def signatures(self, handle):
        return {"signatures": [{"offset": 0, "length": 8, "name": "romfs magic"}]}

    def relocate(self, handle, newStart, newSize, newSectorSize):
        size = self._volume(handle).size
        if newSize < size:
            raise PluginError(REFUSED, f"it spans {size} bytes, its new place has only {newSize}")
        return {"writes": [], "warnings": []}

    def check(self, handle):
        return {"findings": self._volume(handle).findings()}

    def structures(self, handle, cursor=None, range=None):
        def meets(each):
            if range is None:
                return True
            return each["offset"] < range["offset"] + range["length"] and range["offset"] < each["offset"] + each["length"]

        items, cursor = self._page(handle, cursor, lambda volume: filter(meets, volume.structures()), 256)
        return {"structures": items, "cursor": cursor}

    def stat(self, handle, node):
        volume = self._volume(handle)
        found = volume.root_node if node == volume.root_node["node"] else volume.file(node).node()
        return {**found, "details": []}

    def lookup(self, handle, path):
        volume = self._volume(handle)
        found = volume.root_node
        for name in filter(None, path.split("/")):
            if found["type"] != "directory":
                return None
            found = next((entry for entry in volume.entries(found["node"]) if entry.pop("path") == name), None)
            if found is None:
                return None
        return found

    def readdir(self, handle, node, metadata=False, cursor=None):
        entries, cursor = self._page(handle, cursor, lambda volume: volume.entries(node))
        return {"entries": entries, "cursor": cursor}

    def walk(self, handle, node, recursive, filter=None, metadata=False, cursor=None):
        matches = path_matcher(filter)
        entries, cursor = self._page(handle, cursor, lambda volume: volume.walk(node, recursive, matches))
        return {"entries": entries, "cursor": cursor}

    def walkTable(self, **walk):
        page = self.walk(**walk)
        entries = page["entries"]
        parts = [entry["path"].rpartition("/") for entry in entries]
        runs = itertools.groupby(directory + slash for directory, slash, _ in parts)
        table = {"directories": [{"path": path, "count": len(list(run))} for path, run in runs]}
        table["names"] = "/".join(name for _, _, name in parts)
        table["sizes"] = packed(entry["size"] for entry in entries)
        table["mtimes"] = packed(entry["mtime"] for entry in entries)
        table["nodes"] = [entry["node"] for entry in entries]
        table["types"] = "".join(LETTERS[entry["type"]] for entry in entries)
        raw = [(index, entry["rawName"]) for index, entry in enumerate(entries) if "rawName" in entry]
        table["more"] = [{"index": index, "rawName": name} for index, name in raw]
        return {"table": table, "cursor": page["cursor"]}

    def readlink(self, handle, node):
        volume = self._volume(handle)
        target = b"".join(volume.lease.read(**extent) for extent in volume.extents(node))
        return {"target": target.decode("utf-8", "replace")}

    def extentsOf(self, handle, node):
        extents = self._volume(handle).extents(node)
        return {"extents": extents, "total": len(extents)}

    def contentOf(self, handle, node, stream=None, cursor=None):
        extents = self._volume(handle).extents(node)
        size = sum(extent["length"] for extent in extents)
        return {"size": size, "segments": [{"kind": "extent", **extent} for extent in extents], "cursor": None}

    def contents(self, handle, nodes):
        return {"contents": [self._contents(handle, **wanted) for wanted in nodes]}

    def _contents(self, handle, node, content, streams, target):
        found = {"size": 0, "segments": None}
        try:
            if content:
                found = self.contentOf(handle, node)
                del found["cursor"]
            if target:
                found["target"] = self.readlink(handle, node)["target"]
        except PluginError as error:
            found["problem"] = str(error)
        return found

    def _volume(self, handle):
        if handle not in self._open:
            raise PluginError(STALE, f"handle {handle} is not open any more")
        return self._open[handle]

    def _page(self, handle, cursor, start, most=PAGE):
        """The next items of a list that waits under a cursor, or of a new one, and where it goes on."""
        volume = self._volume(handle)
        if cursor is not None and cursor not in self._lists:
            raise PluginError(STALE, "the list has ended")
        items = iter(start(volume)) if cursor is None else self._lists.pop(cursor)[1]
        page = list(itertools.islice(items, most))
        if len(page) < most:
            return page, None
        self._count += 1
        self._lists[f"list{self._count}"] = (handle, items)
        return page, f"list{self._count}"


if __name__ == "__main__":
    Provider()
