"""What several hostile programs share: the bare system call, and the bare channel."""

from typing import Final

SYSTEM_CALLS: Final = """\
import ctypes, os
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_columns = ("x86_64", "aarch64").index(os.uname().machine)
_numbers = {
    "add_key": (248, 217), "bpf": (321, 280), "capget": (125, 90), "clone": (56, 220), "clone3": (435, 435),
    "delete_module": (176, 106), "execveat": (322, 281), "fanotify_init": (300, 262), "fchmodat2": (452, 452),
    "fork": (57, None), "fsopen": (430, 430), "init_module": (175, 105), "inotify_add_watch": (254, 27),
    "inotify_init1": (294, 26), "io_uring_setup": (425, 425), "iopl": (172, None), "kcmp": (312, 272),
    "kexec_load": (246, 104), "keyctl": (250, 219), "memfd_create": (319, 279), "mount": (165, 40),
    "msgget": (68, 186), "name_to_handle_at": (303, 264), "open": (2, None), "open_by_handle_at": (304, 265),
    "open_tree": (428, 428), "openat2": (437, 437), "perf_event_open": (298, 241), "personality": (135, 92),
    "pidfd_getfd": (438, 438), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pipe2": (293, 59),
    "prctl": (157, 167), "prlimit64": (302, 261), "process_vm_readv": (310, 270), "ptrace": (101, 117),
    "reboot": (169, 142), "rt_sigqueueinfo": (129, 138), "semget": (64, 190), "sethostname": (170, 161),
    "setns": (308, 268), "settimeofday": (164, 170), "shmget": (29, 194), "socket": (41, 198), "swapon": (167, 224),
    "syslog": (103, 116), "tgkill": (234, 131), "tkill": (200, 130), "umount2": (166, 39), "unshare": (272, 97),
    "userfaultfd": (323, 282),
}

def syscall(name, *arguments):
    number = name if isinstance(name, int) else _numbers[name][_columns]
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    result = _libc.syscall(ctypes.c_long(number), *words)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), name)
    return result

class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

"""
"""`syscall(name or number, …)`, which raises OSError, and `Vector`, the kernel's iovec."""

CHANNEL: Final = """\
import os, stat, struct

def is_socket(descriptor):
    try:
        return stat.S_ISSOCK(os.fstat(descriptor).st_mode)
    except OSError:
        return False

channel = next((descriptor for descriptor in range(3, 64) if is_socket(descriptor)), 3)

def frame(head, body=b""):
    return struct.pack(">4sII", b"evo1", len(head), len(body)) + head + body

def say(head, body=b""):
    data = frame(head, body)
    while data:
        data = data[os.write(channel, data):]

def keep_silent():
    os.read(channel, 2**16)
    say(b'{"id":2,"answer":0}')
    os.read(channel, 1)

"""
"""`say(head, body)` writes a frame of any content to the program's own channel, past the code that checks it.

After it has said all it wants to, a program keeps silent: it answers the second call and waits for its end.
"""
