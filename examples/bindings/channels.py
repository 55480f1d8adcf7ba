#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Channels from Python, through ctypes: calls, handles in messages, and an epoll loop.

One thread serves any number of channels and returns each text in capitals. The main thread calls
it, sends it a second channel, and calls it through that.
"""
import ctypes
import os
import select
import threading
from ctypes import POINTER, byref, c_char_p, c_int, c_int32, c_int64, c_uint32, c_void_p

SHOULD_WAIT, TIMED_OUT, PEER_CLOSED = -22, -21, -24  # ZX_ERR_*, <zircon/errors.h>
READABLE, CLOSED = 1 << 0, 1 << 2  # ZX_CHANNEL_READABLE, ZX_CHANNEL_PEER_CLOSED
MAX_BYTES, MAX_HANDLES = 65536, 64  # ZX_CHANNEL_MAX_MSG_*

libzircon = ctypes.CDLL("libzircon.so.1")
libzircon.zx_status_get_string.argtypes = [c_int32]
libzircon.zx_status_get_string.restype = c_char_p
libzircon.zx_deadline_after.argtypes = [c_int64]
libzircon.zx_deadline_after.restype = c_int64


class ZirconError(Exception):
    """A call returned another status than ZX_OK."""

    def __init__(self, call, status):
        super().__init__(f"{call}: {libzircon.zx_status_get_string(status).decode()}")
        self.status = status


def bind(name, *argtypes):
    """A call of the library that raises ZirconError. Without argtypes a 64-bit value is cut."""

    def check(status, _function, _args):
        if status != 0:
            raise ZirconError(name, status)

    function = getattr(libzircon, name)
    function.argtypes, function.restype, function.errcheck = argtypes, c_int32, check
    return function


class CallArgs(ctypes.Structure):  # zx_channel_call_args_t
    _fields_ = [("wr_bytes", c_char_p), ("wr_handles", POINTER(c_uint32)),
                ("rd_bytes", c_void_p), ("rd_handles", POINTER(c_uint32)),
                ("wr_num_bytes", c_uint32), ("wr_num_handles", c_uint32),
                ("rd_num_bytes", c_uint32), ("rd_num_handles", c_uint32)]


U32 = POINTER(c_uint32)
handle_close = bind("zx_handle_close", c_uint32)
handle_watch = bind("zxl_handle_watch", c_uint32, c_uint32, c_uint32, POINTER(c_int))
channel_create = bind("zx_channel_create", c_uint32, U32, U32)
channel_write = bind("zx_channel_write", c_uint32, c_uint32, c_char_p, c_uint32, U32, c_uint32)
channel_read = bind("zx_channel_read", c_uint32, c_uint32, c_void_p, U32, c_uint32, c_uint32,
                    U32, U32)
channel_call = bind("zx_channel_call", c_uint32, c_uint32, c_int64, POINTER(CallArgs), U32, U32)


class Channel:
    """Owns a handle to an endpoint: until close(), the end of a with, or until it is sent."""

    def __init__(self, handle):
        self.handle = handle

    @classmethod
    def pair(cls):
        ends = c_uint32(), c_uint32()
        channel_create(0, byref(ends[0]), byref(ends[1]))
        return cls(ends[0].value), cls(ends[1].value)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        handle, self.handle = self.handle, 0
        if handle:
            handle_close(handle)

    def watch(self, signals):
        """A descriptor for poll and epoll that shows EPOLLIN while one of the signals is up."""
        fd = c_int()
        handle_watch(self.handle, signals, 0, byref(fd))
        return fd.value

    def write(self, data, channels=()):
        """Sends bytes and channels, which are consumed, unless the queue is full."""
        handles = (c_uint32 * MAX_HANDLES)(*[channel.handle for channel in channels])
        try:
            channel_write(self.handle, 0, data, len(data), handles, len(channels))
        except ZirconError as error:
            if error.status == SHOULD_WAIT:
                channels = ()
            raise
        finally:
            for channel in channels:
                channel.handle = 0

    def read(self):
        data, handles = ctypes.create_string_buffer(MAX_BYTES), (c_uint32 * MAX_HANDLES)()
        size, count = c_uint32(), c_uint32()
        channel_read(self.handle, 0, data, handles, MAX_BYTES, MAX_HANDLES, byref(size),
                     byref(count))
        return data[:size.value], [Channel(handle) for handle in handles[:count.value]]

    def call(self, text, timeout=60):
        """Sends a text and returns the reply. The first four bytes are the library's, a number."""
        data, reply = bytes(4) + text.encode(), ctypes.create_string_buffer(MAX_BYTES)
        size, count = c_uint32(), c_uint32()
        args = CallArgs(data, None, ctypes.addressof(reply), None, len(data), 0, MAX_BYTES, 0)
        channel_call(self.handle, 0, libzircon.zx_deadline_after(int(timeout * 1e9)), byref(args),
                     byref(size), byref(count))
        return reply[4:size.value].decode()


def serve(first):
    """Ends when all clients are gone. One that reads no replies, or sends nonsense, is left."""
    clients = {}
    with select.epoll() as epoll:
        def add(channel):
            fd = channel.watch(READABLE | CLOSED)
            clients[fd] = channel
            epoll.register(fd, select.EPOLLIN)

        add(first)
        while clients:
            for fd, _events in epoll.poll():
                try:
                    data, channels = clients[fd].read()
                    for channel in channels:
                        add(channel)
                    if not channels:
                        clients[fd].write(data[:4] + data[4:].upper())
                except ZirconError as error:
                    if error.status != PEER_CLOSED:
                        print("server:", error)
                    epoll.unregister(fd)
                    os.close(fd)
                    clients.pop(fd).close()


def main():
    client, server = Channel.pair()
    thread = threading.Thread(target=serve, args=[server])
    thread.start()
    with client:
        print(client.call("hello from python"))
        second, its_peer = Channel.pair()
        with second:
            client.write(b"", [its_peer])
            print(second.call("through a channel that was sent"))
        silent, peer = Channel.pair()
        with silent, peer:
            try:
                silent.call("is anyone there?", timeout=0.01)
            except ZirconError as error:
                print(error, error.status == TIMED_OUT)
    thread.join()


if __name__ == "__main__":
    main()
