"""The last wall: which system calls a process of the jail may make, as a seccomp(2) filter of our own making.

Four answers are given:
- ALLOW to what computing takes, some of it only with certain arguments;
- EPERM to what honest code may try and can live without: start a process, open a socket, change an owner;
- death to what no honest program does: attack other processes, or the kernel;
- ENOSYS to everything else, as from a kernel that does not know it. So glibc, whose `clone3` no filter can look into,
  falls back to `clone`.

A filter sees numbers, never what a pointer points to. Which *files* may be opened is therefore for Landlock and the
read-only root to say; here are denied the calls by which a file is changed without being opened, which Landlock does
not govern.

The policy is compiled to classic BPF: a balanced tree over the ranges of numbers that share an answer, so that any
call is judged in some eight comparisons, and the kernel, which tries all numbers when a filter is installed, is done
quickly. Sources: seccomp(2); Documentation/userspace-api/seccomp_filter.rst and include/uapi/linux/{filter,seccomp}.h.
"""

import ctypes
import errno
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from evosearch.sandbox import kernel
from evosearch.sandbox.syscalls import NUMBERS
from evosearch.types import Jail, Limits

ALLOW: Final = 0x7FFF_0000
EPERM: Final = 0x0005_0000 | errno.EPERM
ENOSYS: Final = 0x0005_0000 | errno.ENOSYS
KILL: Final = 0x8000_0000
"""SECCOMP_RET_KILL_PROCESS; before Linux 4.14 it ends the thread alone."""

_WORD: Final = 2**32 - 1
_LONG: Final = 2**64 - 1

OWN_PID: Final = -1
"""Stands for the process's own number until there is one."""


class Condition(NamedTuple):
    """A demand on 32 bits of what the kernel tells of a call.

    Attributes:
        offset: Where they are in `struct seccomp_data`, in bytes.
        values: What they may be.
        mask: The bits that count.
    """

    offset: int
    values: tuple[int, ...]
    mask: int = _WORD


#: What is answered to a call: a value for the kernel, or ALLOW if all conditions hold and else EPERM.
Answer = int | tuple[Condition, ...]


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(" ".join(lines).split())


def _int(argument: int, *values: int, mask: int = _WORD) -> Condition:
    """For an argument of which the kernel takes only the lower half. Both architectures are little-endian."""
    return Condition(16 + 8 * argument, values, mask)


def _long(argument: int, value: int, mask: int = _LONG) -> tuple[Condition, Condition]:
    """For an argument that counts in full, as pointers do."""
    low, high = 16 + 8 * argument, 20 + 8 * argument
    return Condition(low, (value & _WORD,), mask & _WORD), Condition(high, (value >> 32,), mask >> 32)


def _open(flags: int) -> tuple[Condition, ...]:
    # O_TRUNC without an access mode to write empties a file, and Landlock does not see it before its ABI 3. A file
    # that never has a name (O_TMPFILE) leaves no trace by which the scratch folder would be known for used.
    read, write, both, truncate, nameless, access_mode = os.O_RDONLY, os.O_WRONLY, os.O_RDWR, 0o1000, 0o20000000, 0o3
    counting = truncate | nameless | access_mode
    return (_int(flags, read, write, both, truncate | write, truncate | both, mask=counting),)


_ALLOWED: Final = _words(
    # Files: what Landlock and the root let it open, and no more than looking at the rest.
    "read write pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 lseek close close_range",
    "stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getcwd chdir fchdir umask",
    "getdents getdents64 unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir",
    "ftruncate fallocate fadvise64 fsync fdatasync dup dup2 dup3 pipe pipe2",
    # The channel, and the event loop of asyncio. Without the sockets' own addresses and without ancillary data (no
    # sendmsg, no recvmsg) they lead nowhere but to their other end.
    "shutdown getsockname getpeername poll ppoll select pselect6 eventfd eventfd2",
    "epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2",
    # Memory. mprotect and mmap may make pages executable: a library that is loaded late needs it.
    "brk mmap munmap mremap mprotect madvise msync",
    # Its own threads, signals and timers; it has no child to wait for, and is told so.
    "futex set_robust_list set_tid_address rseq membarrier sched_yield exit exit_group wait4 waitid",
    "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause",
    "alarm getitimer setitimer timer_create timer_settime timer_gettime timer_getoverrun timer_delete",
    "nanosleep clock_nanosleep restart_syscall clock_gettime clock_getres gettimeofday time times",
    # What it is and where it runs.
    "getpid getppid gettid getpgrp getuid geteuid getgid getegid getresuid getresgid getgroups",
    "getrandom getrlimit getrusage getcpu sysinfo uname",
    "sched_get_priority_max sched_get_priority_min",
)

#: As pthread_create starts a thread: VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID.
_THREAD: Final = 0x003D_0F00
#: Of no effect; musl sets it.
_CLONE_DETACHED: Final = 0x0040_0000

_CHECKED: Final[Mapping[str, tuple[Condition, ...]]] = {
    "open": _open(flags=1),
    "openat": _open(flags=2),
    # TCGETS, TCGETS2 (isatty), TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX. Never TIOCSTI.
    "ioctl": (_int(1, 0x5401, 0x802C_542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451),),
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC. Never locks, which others see and wait for, nor
    # F_SETOWN, F_SETSIG, F_NOTIFY (signals to others) or F_SETPIPE_SZ (the kernel's memory).
    "fcntl": (_int(1, 0, 1, 2, 3, 4, 1030),),
    # PR_SET_NAME, PR_GET_NAME.
    "prctl": (_int(0, 15, 16),),
    "kill": (_int(0, OWN_PID),),
    "tgkill": (_int(0, OWN_PID),),
    # Of itself, which 0 stands for as well; of other processes they would tell whether they are there.
    **dict.fromkeys(
        _words("getpgid getsid sched_getaffinity sched_getparam sched_getscheduler"), (_int(0, 0, OWN_PID),)
    ),
    "getpriority": (_int(1, 0, OWN_PID),),
    # To read one's own limits.
    "prlimit64": (_int(0, 0), *_long(2, 0)),
    # AF_UNIX and SOCK_STREAM, whatever SOCK_CLOEXEC and SOCK_NONBLOCK: a pair of datagram sockets could send anywhere.
    "socketpair": (_int(0, 1), _int(1, 1, mask=~0o2004000 & _WORD)),
    # As send(2) and recv(2) call them: without an address, and without MSG_OOB, whose code in the kernel had holes.
    "sendto": (_int(3, 0, mask=~(socket.MSG_NOSIGNAL | socket.MSG_DONTWAIT) & _WORD), *_long(4, 0)),
    "recvfrom": (_int(3, 0, mask=socket.MSG_OOB),),
    # SOL_SOCKET: SO_TYPE, SO_ERROR, SO_SNDBUF, SO_RCVBUF, SO_PROTOCOL, SO_DOMAIN. Never SO_PEERPIDFD, which would hand
    # out a pidfd of whoever made the channel.
    "getsockopt": (_int(1, 1), _int(2, 3, 4, 7, 8, 38, 39)),
}

_DENIED: Final = _words(
    # Other programs, and threads unless the limits grant some.
    "clone fork vfork execve execveat pidfd_open pidfd_send_signal tkill rt_sigqueueinfo rt_tgsigqueueinfo",
    # The world outside. setsockopt could attach a BPF program of its own.
    "socket bind connect listen accept accept4 sendmsg sendmmsg recvmsg recvmmsg setsockopt",
    # Files without opening them: by name, what Landlock does not govern.
    "truncate chmod fchmod fchmodat chown fchown lchown fchownat utime utimes futimesat utimensat",
    "symlink symlinkat link linkat mknod mknodat statfs fstatfs name_to_handle_at",
    "setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr",
    "removexattr lremovexattr fremovexattr inotify_init inotify_init1 inotify_add_watch inotify_rm_watch",
    "fanotify_init fanotify_mark sync syncfs sync_file_range flock",
    # Memory that no limit counts, that outlives the process or that others see; pages passed about in the kernel.
    "memfd_create memfd_secret shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl",
    "mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr mlock mlock2 mlockall munlock munlockall",
    "mincore mbind set_mempolicy get_mempolicy migrate_pages move_pages sendfile copy_file_range splice tee vmsplice",
    "io_setup io_submit io_cancel io_getevents io_pgetevents io_destroy",
    # Rights, priorities, limits, the clock.
    "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capget capset",
    "setpgid setsid setrlimit setpriority ioprio_set sched_setaffinity sched_setparam sched_setscheduler sched_setattr",
    "personality arch_prctl seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self",
    "clock_settime clock_adjtime settimeofday adjtimex syslog",
)

_FATAL: Final = _words(
    "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_getfd kcmp",
    "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register add_key request_key keyctl",
    "mount umount2 mount_setattr open_tree move_mount fsopen fsconfig fsmount fspick pivot_root chroot",
    "unshare setns open_by_handle_at quotactl quotactl_fd swapon swapoff acct",
    "init_module finit_module delete_module kexec_load kexec_file_load reboot",
    "iopl ioperm modify_ldt sethostname setdomainname vhangup",
)


def policy(*, threads: bool) -> dict[str, Answer]:
    """What is answered to each system call by name; ENOSYS to those not named.

    Args:
        threads: Whether the process may start threads.
    """
    answers: dict[str, Answer] = {
        **dict.fromkeys(_ALLOWED, ALLOW),
        **_CHECKED,
        **dict.fromkeys(_DENIED, EPERM),
        **dict.fromkeys(_FATAL, KILL),
    }
    if threads:
        answers["clone"] = _long(0, _THREAD, ~_CLONE_DETACHED & _LONG)
    return answers


_LOAD: Final = 0x20
_AND: Final = 0x54
_JUMP_EQUAL: Final = 0x15
_JUMP_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06

_NUMBER_OFFSET: Final = 0
_ARCHITECTURE_OFFSET: Final = 4
#: AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64. A call of another architecture (`int 0x80`) has numbers of its own.
_ARCHITECTURES: Final[Mapping[str, int]] = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
#: From here on x86-64 takes a number for one of x32, and AArch64 knows none.
_X32: Final = 0x4000_0000


class Instruction(NamedTuple):
    """One step of classic BPF.

    Attributes:
        code: What to do.
        yes: How many instructions to skip if a comparison holds.
        no: And if it does not.
        operand: The constant that it takes.
    """

    code: int
    yes: int
    no: int
    operand: int


def compile_policy(answers: Mapping[str, Answer], machine: str) -> tuple[Instruction, ...]:
    """The filter for one architecture.

    Args:
        answers: What is answered to each call; those that the architecture does not have are passed over.
        machine: `x86_64` or `aarch64`.

    Raises:
        KeyError: There is no table for that architecture.
    """
    numbers = NUMBERS[machine]
    known = {numbers[name]: answer for name, answer in answers.items() if name in numbers}
    assembler = _Assembler()
    assembler.tree(_ranges(known))
    number = assembler.load(_NUMBER_OFFSET)
    assembler.jump(_JUMP_EQUAL, _ARCHITECTURES[machine], number, assembler.answer(KILL))
    assembler.load(_ARCHITECTURE_OFFSET)
    return assembler.program()


def _ranges(known: Mapping[int, Answer]) -> list[tuple[int, Answer]]:
    """The first number and the answer of each range of numbers with one answer, in order."""
    ranges: list[tuple[int, Answer]] = []
    for number in range(max(known) + 2):
        answer = known.get(number, ENOSYS)
        if not ranges or ranges[-1][1] != answer:
            ranges.append((number, answer))
    return [*ranges, (_X32, KILL)]


#: How far an answer may be away when it is asked for: a jump has eight bits, and a few conditions may come in between.
_REACH: Final = 200


class _Assembler:
    """Writes a program from its end: jumps only go forward, so what they lead to is written already.

    A label is the distance of an instruction from the end.
    """

    def __init__(self) -> None:
        self._backwards: list[Instruction] = []
        self._answers: dict[Answer, int] = {}

    def program(self) -> tuple[Instruction, ...]:
        return tuple(reversed(self._backwards))

    def load(self, offset: int) -> int:
        """Load 32 bits of the description of the call and go on with what was written last."""
        return self._put(_LOAD, offset)

    def jump(self, comparison: int, operand: int, yes: int, no: int) -> int:
        """Compare what was loaded, and go on at one of two labels."""
        here = len(self._backwards)
        return self._put(comparison, operand, here - yes - 1, here - no - 1)

    def answer(self, answer: Answer) -> int:
        """Where an answer is given; written anew where the last place is too far away to jump to."""
        label = self._answers.get(answer, -_REACH)
        if len(self._backwards) - label >= _REACH:
            label = self._put(_RETURN, answer) if isinstance(answer, int) else self._all(answer)
            self._answers[answer] = label
        return label

    def tree(self, ranges: Sequence[tuple[int, Answer]]) -> int:
        """Find the range that the loaded number is in and give its answer."""
        if len(ranges) == 1:
            return self.answer(ranges[0][1])
        middle = len(ranges) // 2
        below, above = self.tree(ranges[:middle]), self.tree(ranges[middle:])
        return self.jump(_JUMP_AT_LEAST, ranges[middle][0], above, below)

    def _all(self, conditions: tuple[Condition, ...]) -> int:
        passed, failed = self.answer(ALLOW), self.answer(EPERM)
        for condition in reversed(conditions):
            passed = self._one(condition, passed, failed)
        return passed

    def _one(self, condition: Condition, passed: int, failed: int) -> int:
        for value in reversed(condition.values):
            failed = self.jump(_JUMP_EQUAL, value, passed, failed)
        if condition.mask != _WORD:
            self._put(_AND, condition.mask)
        return self.load(condition.offset)

    def _put(self, code: int, operand: int, yes: int = 0, no: int = 0) -> int:
        assert max(yes, no) < 256, "a jump has eight bits"
        self._backwards.append(Instruction(code, yes, no, operand))
        return len(self._backwards) - 1


class _SockFilter(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jt", ctypes.c_uint8),
        ("jf", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _SockFprog(ctypes.Structure):
    _fields_ = (("len", ctypes.c_uint16), ("filter", ctypes.POINTER(_SockFilter)))


_SET_MODE_FILTER: Final = 1
#: Nothing in the memory of a jailed process is secret from itself, so it need not pay for the mitigation of Speculative
#: Store Bypass.
_SPEC_ALLOW: Final = 4


class _Filter:
    """A program as the kernel takes it, complete but for the process's own number.

    Nothing is computed in `install` that can be before: a new child has to copy every page that it touches.
    """

    def __init__(self, program: tuple[Instruction, ...], machine: str, flags: int) -> None:
        self._own = [index for index, instruction in enumerate(program) if instruction.operand == OWN_PID]
        self._instructions = (_SockFilter * len(program))(*(_SockFilter(*instruction) for instruction in program))
        self._program = ctypes.byref(_SockFprog(len(program), self._instructions))
        self._call = NUMBERS[machine]["seccomp"]
        self._flags = flags

    def install(self) -> None:
        own = os.getpid()
        for index in self._own:
            self._instructions[index].k = own
        kernel.syscall(self._call, _SET_MODE_FILTER, self._flags, self._program, name="seccomp")


class Seccomp:
    """A seccomp(2) filter of system calls. It needs `no new privileges` before it; no wall can follow it."""

    name = "seccomp"
    covers = "starting processes, sockets, signals to others, attacks on the kernel"

    def __init__(self) -> None:
        self._filters: dict[bool, _Filter] = {}

    def available(self) -> str | None:
        if reason := kernel.linux_only():
            return reason
        if (machine := kernel.machine()) not in NUMBERS:
            return f"there is no table of system calls for {machine}, only for {' and '.join(NUMBERS)}"
        if (refusal := _refusal(machine, 0)) != errno.EFAULT:
            return f"the kernel takes no filters: {os.strerror(refusal)}"
        return None

    def prepare(self, jail: Jail) -> None:  # noqa: ARG002 - every layer is prepared alike
        machine = kernel.machine()
        # Linux before 4.17 and gVisor do not know the flag.
        flags = _SPEC_ALLOW if _refusal(machine, _SPEC_ALLOW) == errno.EFAULT else 0
        for threads in (False, True):
            program = compile_policy(policy(threads=threads), machine)
            self._filters[threads] = _Filter(program, machine, flags)

    def apply(self, limits: Limits) -> None:
        self._filters[limits.threads > 0].install()


def _refusal(machine: str, flags: int) -> int:
    """With which error the kernel refuses a filter at no address: EFAULT if it would take one, with these flags."""
    try:
        kernel.syscall(NUMBERS[machine]["seccomp"], _SET_MODE_FILTER, flags, None, name="seccomp")
    except OSError as error:
        return error.errno or 0
    raise AssertionError("the kernel took a filter that is not there")
