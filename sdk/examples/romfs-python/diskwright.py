"""The plugin's end of Diskwright's protocol (docs/protocol.md), by the standard library alone."""

import array
import json
import os
import queue
import socket
import struct
import threading
import traceback

PROTOCOL = 1
# Descriptors that the host hands over; 1 and 2 are the log.
RPC, SOCKETS = 3, 4
FAILED, INVALID_INPUT, REFUSED, MEDIA_ERROR, DAMAGED, STALE = -31000, -31001, -31002, -31004, -31005, -31011
METHOD_NOT_FOUND = -32601


class PluginError(Exception):
    """An error by what the caller can do about it: a code of the above, a sentence, and what is known of the place."""

    def __init__(self, code, message, **data):
        super().__init__(message)
        self.code, self.data = code, data


class Host:
    """The connection to the host. Requests are answered one after the other, heartbeats at once."""

    def __init__(self, handlers):
        self._handlers = handlers
        self._rpc = socket.socket(fileno=RPC)
        self._channel = SocketChannel()
        self._sending = threading.Lock()
        self._requests, self._answers = queue.Queue(), queue.Queue()
        self._last_id = 0

    def run(self):
        """Answers the host until it closes the connection."""
        threading.Thread(target=self._receive, daemon=True).start()
        while (message := self._requests.get()) is not None:
            self._answer(message)

    def request(self, method, params):
        """Asks the host for something."""
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        answer = self._answers.get()
        if answer is None:
            raise SystemExit
        if "error" in answer:
            raise PluginError(answer["error"]["code"], answer["error"]["message"], **answer["error"].get("data") or {})
        return answer["result"]

    def lease(self, lease):
        """The sectors of a lease, whose socket is on its way or has come."""
        return Lease(self._channel.take(lease["leaseId"]), lease["size"])

    def put_extents(self, extents):
        """Stores a list of (offset, length), ascending and apart, and answers the reference to it."""
        blob = b"DWEXTS01" + struct.pack("<Q", len(extents))
        blob += b"".join(struct.pack("<QQ", offset, length) for offset, length in extents)
        transfer = self.request("blob/put", {"kind": "extents"})
        with self._channel.take(transfer["transferId"]) as connection:
            connection.sendall(blob)
            connection.shutdown(socket.SHUT_WR)
            answer = json.loads(connection.makefile("rb").read())
        if "error" in answer:
            raise PluginError(answer["error"]["code"], answer["error"]["message"])
        return answer

    def _receive(self):
        stream = self._rpc.makefile("rb")
        while (message := read_message(stream)) is not None:
            if message.get("method") == "ping":
                self._send({"id": message["id"], "result": {}})
            elif "method" not in message:
                self._answers.put(message)
            elif "id" in message:
                self._requests.put(message)
        self._answers.put(None)
        self._requests.put(None)

    def _answer(self, message):
        try:
            self._send({"id": message["id"], "result": self._handle(message["method"], message["params"])})
        except PluginError as error:
            self._send({"id": message["id"], "error": {"code": error.code, "message": str(error), "data": error.data}})
        except Exception as error:  # A bug: the log has where, the caller what.
            traceback.print_exc()
            self._send({"id": message["id"], "error": {"code": FAILED, "message": f"{type(error).__name__}: {error}"}})

    def _handle(self, method, params):
        if method == "initialize":
            return {"protocol": PROTOCOL, "features": {}}
        if method == "shutdown":
            return {}
        if method not in self._handlers:
            raise PluginError(METHOD_NOT_FOUND, f"this plugin has no {method}")
        return self._handlers[method](**params)

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        with self._sending:
            self._rpc.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)


def read_message(stream):
    """One message; None at the end."""
    length = None
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    return None if length is None else json.loads(stream.read(length))


class SocketChannel:
    """Takes the sockets that the host sends, each with its name."""

    def __init__(self):
        self._channel = socket.socket(fileno=SOCKETS)
        self._arrived, self._change = {}, threading.Condition()
        threading.Thread(target=self._receive, daemon=True).start()

    def take(self, name):
        """The socket of this name; the caller owns it."""
        with self._change:
            if not self._change.wait_for(lambda: name in self._arrived, timeout=10):
                raise PluginError(FAILED, f"no socket came for {name}")
            return self._arrived.pop(name)

    def _receive(self):
        pending, descriptors = b"", array.array("i")
        while True:
            data, ancillary, _, _ = self._channel.recvmsg(65536, socket.CMSG_SPACE(descriptors.itemsize))
            if not data:
                return
            for level, kind, payload in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    descriptors.frombytes(payload)
            *lines, pending = (pending + data).split(b"\n")
            for message in map(json.loads, lines):
                if message.get("cmd") != "NODE_HANDLE":
                    continue
                connection = socket.socket(fileno=descriptors.pop(0))
                connection.setblocking(True)
                with self._change:
                    self._arrived[message["msg"]["descriptor"]] = connection
                    self._change.notify_all()
                # The next socket is sent only when this one is known to have come.
                self._channel.sendall(b'{"cmd":"NODE_HANDLE_ACK"}\n')


class Lease:
    """Sectors, read over NBD with simple replies."""

    MOST = 1 << 20

    def __init__(self, connection, size):
        self.size = size
        self._connection = connection
        self._stream = connection.makefile("rb")
        self._greet()

    def read(self, offset, length):
        if offset < 0 or offset + length > self.size:
            raise PluginError(INVALID_INPUT, f"{length} bytes at {offset} lie outside of {self.size}")
        starts = range(offset, offset + length, self.MOST)
        return b"".join(self._read(start, min(self.MOST, offset + length - start)) for start in starts)

    def close(self):
        self._stream.close()
        self._connection.close()

    def _read(self, offset, length):
        self._connection.sendall(struct.pack(">IHHQQI", 0x25609513, 0, 0, offset, offset, length))
        magic, error, _ = self._take(">IIQ")
        if magic != 0x67446698:
            raise PluginError(FAILED, "the lease is not answered as NBD is")
        if error:
            raise PluginError(MEDIA_ERROR, os.strerror(error), offset=offset, length=length)
        return self._bytes(length)

    def _greet(self):
        self._take(">8s8sH")
        # Fixed newstyle, no padding; then NBD_OPT_GO for the export without a name.
        self._connection.sendall(struct.pack(">I", 3) + struct.pack(">8sII", b"IHAVEOPT", 7, 6) + bytes(6))
        while True:
            _, _, kind, length = self._take(">QIII")
            self._bytes(length)
            if kind == 1:
                return
            if kind & 0x80000000:
                raise PluginError(FAILED, f"the lease was refused with {kind:#x}")

    def _take(self, layout):
        return struct.unpack(layout, self._bytes(struct.calcsize(layout)))

    def _bytes(self, length):
        data = self._stream.read(length)
        if len(data) < length:
            raise PluginError(FAILED, "the lease was taken back")
        return data
