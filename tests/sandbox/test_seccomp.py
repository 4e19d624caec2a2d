"""The filter, first as a program that is run step by step for both architectures, then in real processes."""

import ctypes
import errno
import faulthandler
import json
import mmap
import os
import resource
import runpy
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.protocols import Layer
from evosearch.sandbox import kernel
from evosearch.sandbox.layers import NoNewPrivileges
from evosearch.sandbox.seccomp import ALLOW, ENOSYS, EPERM, KILL, Seccomp, compile_policy, policy
from evosearch.sandbox.syscalls import NUMBERS
from evosearch.types import Jail, Limits

run = runpy.run_path(str(Path(__file__).with_name("bpf.py")))["run"]

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
I386, ARM = 0x40000003, 0x40000028
X32 = 0x40000000
OWN_PID = 4711
PTHREAD = 0x3D0F00
HIGH = 2**32

PROGRAMS = {
    (machine, threads): compile_policy(policy(threads=threads), machine)
    for machine in NUMBERS
    for threads in (False, True)
}
WORDS = st.integers(0, 2**64 - 1)


def verdict(machine, name, *arguments, threads=False):
    program = PROGRAMS[machine, threads]
    return run(program, NUMBERS[machine][name], ARCHITECTURES[machine], arguments, own_pid=OWN_PID)


def everywhere(name):
    return [machine for machine in NUMBERS if name in NUMBERS[machine]]


@pytest.mark.parametrize(("machine", "threads"), PROGRAMS)
def test_every_number_gets_the_answer_of_its_name(machine, threads):
    names = {number: name for name, number in NUMBERS[machine].items()}
    answers = policy(threads=threads)
    program = PROGRAMS[machine, threads]
    for number in (*range(700), 2**16, X32 - 1):
        expected = answers.get(names.get(number), ENOSYS)
        if isinstance(expected, int):
            assert run(program, number, ARCHITECTURES[machine]) == expected, names.get(number, number)


@pytest.mark.parametrize("machine", NUMBERS)
@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("read write close mmap mprotect munmap brk futex clock_gettime getrandom exit_group rt_sigreturn", ALLOW),
        ("newfstatat statx getdents64 recvfrom getsockname epoll_create1 ppoll eventfd2 pipe2 close_range", ALLOW),
        ("fork vfork execve execveat clone socket connect bind listen accept sendmsg recvmsg setsockopt", EPERM),
        ("setrlimit memfd_create shmget msgget semget mq_open setuid pidfd_open pidfd_send_signal", EPERM),
        ("truncate chmod fchmodat chown symlink symlinkat linkat mknod utimensat setxattr sched_setaffinity", EPERM),
        ("inotify_init1 fanotify_init name_to_handle_at setpriority setsid setpgid seccomp tkill", EPERM),
        ("ptrace process_vm_readv process_vm_writev bpf keyctl mount umount2 move_mount pivot_root chroot", KILL),
        ("unshare setns io_uring_setup perf_event_open userfaultfd kexec_load finit_module reboot", KILL),
        ("open_by_handle_at pidfd_getfd kcmp swapon add_key mount_setattr fsopen", KILL),
    ],
)
def test_what_is_answered(machine, names, expected):
    found = {name: verdict(machine, name) for name in names.split() if name in NUMBERS[machine]}
    assert found == dict.fromkeys(found, expected)


def test_clone3_is_unknown_so_that_glibc_falls_back():
    assert all(run(program, 435, ARCHITECTURES[machine]) == ENOSYS for (machine, _), program in PROGRAMS.items())


@given(number=st.integers(0, 2**32 - 1), architecture=st.integers(0, 2**32 - 1))
def test_another_architecture_is_fatal(number, architecture):
    for (machine, _), program in PROGRAMS.items():
        for foreign in {architecture, I386, ARM, *ARCHITECTURES.values()} - {ARCHITECTURES[machine]}:
            assert run(program, number, foreign) == KILL


@given(number=st.integers(X32, 2**32 - 1))
def test_x32_is_fatal(number):
    assert all(run(program, number, ARCHITECTURES[machine]) == KILL for (machine, _), program in PROGRAMS.items())


@given(number=st.integers(501, X32 - 1), arguments=st.lists(WORDS, max_size=6))
def test_what_is_not_named_is_unknown(number, arguments):
    for (machine, _), program in PROGRAMS.items():
        assert run(program, number, ARCHITECTURES[machine], arguments) == ENOSYS


#: What is allowed, and what is not, by arguments.
ARGUMENTS = {
    "open": ([(0, 0), (0, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), (0, os.O_RDWR)], [(0, os.O_TRUNC), (0, 0o1003)]),
    "openat": (
        [(9, 0, os.O_CLOEXEC), (9, 0, os.O_RDWR | os.O_TRUNC)],
        [(9, 0, os.O_TRUNC), (9, 0, 3), (9, 0, os.O_TMPFILE | 2)],
    ),
    "ioctl": ([(0, 0x5401), (0, 0x5421), (0, HIGH | 0x5421)], [(0, 0x5412), (0, 0x5402), (0, 0), (0x5401, 0)]),
    "fcntl": (
        [(3, 3), (3, 4), (3, 1030)],
        [(3, 6), (3, 7), (3, 8), (3, 10), (3, 37), (3, 1024), (3, 1026), (3, 1031), (3, 1033)],
    ),
    "prctl": ([(15, 0), (16, 0)], [(1, 9), (4, 1), (22, 2), (38, 1), (36, 1), (0x53564D61, 0)]),
    "kill": ([(OWN_PID, 11), (HIGH | OWN_PID, 0)], [(0, 9), (1, 9), (2**32 - 1, 9), (2**64 - 1, 9), (OWN_PID - 1, 0)]),
    "tgkill": ([(OWN_PID, 1, 6)], [(1, OWN_PID, 6), (2**32 - 1, OWN_PID, 6)]),
    "prlimit64": ([(0, 7, 0, 4096)], [(0, 7, 4096, 0), (0, 7, HIGH, 0), (1, 7, 0, 4096), (OWN_PID - 1, 7, 0, 1)]),
    "socketpair": (
        [(1, 1), (1, 1 | 0o2000000 | 0o4000)],
        [(1, 2), (1, 5), (2, 1), (16, 3), (1, 2 | 0o2000000), (1, 0)],
    ),
    "sendto": (
        [(3, 4096, 5, 0x4000, 0, 0), (3, 4096, 5, 0x40, 0, 0)],
        [(3, 4096, 5, 0, 4096, 110), (3, 4096, 5, 0, HIGH, 110), (3, 4096, 5, 1, 0, 0), (3, 4096, 5, 0x20000000, 0, 0)],
    ),
    "recvfrom": ([(3, 4096, 5, 0), (3, 4096, 5, 2)], [(3, 4096, 5, 1), (3, 4096, 5, 3)]),
    "getpgid": ([(0,), (OWN_PID,)], [(1,), (OWN_PID - 1,)]),
    "getpriority": ([(0, 0), (0, OWN_PID)], [(0, 1), (1, OWN_PID - 1)]),
    "getsockopt": ([(3, 1, 3), (3, 1, 38)], [(3, 1, 77), (3, 1, 17), (3, 6, 3), (3, 1, 31)]),
    "clone": ([], [(PTHREAD,), (17,), (0x1200011,)]),
    "pidfd_send_signal": ([], [(7, 9, 0, 0)]),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_what_is_answered_to_which_arguments(name):
    allowed, denied = ARGUMENTS[name]
    for machine in everywhere(name):
        for arguments in allowed:
            assert verdict(machine, name, *arguments) == ALLOW, arguments
        for arguments in denied:
            assert verdict(machine, name, *arguments) == EPERM, arguments


@given(flags=WORDS)
def test_clone_starts_threads_alone_and_only_where_they_are_granted(flags):
    musl = PTHREAD | 0x400000
    for machine in NUMBERS:
        assert verdict(machine, "clone", flags) == EPERM
        assert verdict(machine, "clone", flags, threads=True) == (ALLOW if flags in {PTHREAD, musl} else EPERM)
        assert {verdict(machine, "clone", whose, threads=True) for whose in (PTHREAD, musl)} == {ALLOW}


@given(bit=st.integers(0, 63))
def test_no_other_flag_of_clone_passes(bit):
    flags = PTHREAD ^ 1 << bit
    expected = ALLOW if 1 << bit == 0x400000 else EPERM
    assert all(verdict(machine, "clone", flags, threads=True) == expected for machine in NUMBERS)


@given(arguments=st.lists(WORDS, min_size=6, max_size=6))
def test_nothing_reaches_another_process_or_an_address(arguments):
    for machine in NUMBERS:
        assert (verdict(machine, "kill", *arguments) == ALLOW) == (arguments[0] % HIGH == OWN_PID)
        plain = [*arguments[:3], 0x4000, *arguments[4:]]
        assert (verdict(machine, "sendto", *plain) == ALLOW) == (arguments[4] == 0)
        assert verdict(machine, "prlimit64", 0, 7, arguments[0]) == (EPERM if arguments[0] else ALLOW)


@given(flags=WORDS)
def test_no_file_is_emptied_without_the_right_to_write(flags):
    for machine in NUMBERS:
        if flags & os.O_TRUNC and flags & os.O_ACCMODE not in {os.O_WRONLY, os.O_RDWR}:
            assert verdict(machine, "openat", 9, 0, flags) == EPERM


@pytest.mark.parametrize(("machine", "threads"), PROGRAMS)
def test_the_program_is_well_formed(machine, threads):
    program = PROGRAMS[machine, threads]
    assert len(program) < 300
    for position, (code, yes, no, operand) in enumerate(program):
        assert position + max(yes, no) + 1 < len(program) or code == 0x06
        assert max(yes, no) < 256
        assert -1 <= operand < 2**32


@given(st.dictionaries(st.sampled_from(sorted(NUMBERS["x86_64"])), st.sampled_from([ALLOW, EPERM, KILL]), min_size=1))
def test_any_policy_is_compiled_faithfully(answers):
    program = compile_policy(answers, "x86_64")
    for name, number in NUMBERS["x86_64"].items():
        assert run(program, number, ARCHITECTURES["x86_64"]) == answers.get(name, ENOSYS)


def test_jumps_reach_their_answers_in_a_policy_of_many_conditions():
    (condition,) = policy(threads=False)["fcntl"]
    numbers = sorted(NUMBERS["x86_64"].items())[::4]
    program = compile_policy({name: (condition._replace(values=(number,)),) for name, number in numbers}, "x86_64")
    assert len(program) > 2 * 150
    for name, number in numbers:
        assert run(program, number, ARCHITECTURES["x86_64"], (0, number)) == ALLOW, name
        assert run(program, number, ARCHITECTURES["x86_64"], (0, number + 1)) == EPERM, name


# From here on: real processes.


def in_a_child(work):
    """How a forked child ended, and what `work` returned there, or the error it raised."""
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            faulthandler.disable()
            os.write(writer, json.dumps(outcome(work)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        text = answers.read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return status, json.loads(text) if text else None


def in_the_jail(work, *, threads=0):
    """The same behind the filter."""

    def filtered():
        layer = Seccomp()
        layer.prepare(Jail())
        NoNewPrivileges().apply(Limits())
        layer.apply(Limits(threads=threads))
        return work()

    return in_a_child(filtered)


def outcome(work):
    try:
        return work()
    except OSError as error:
        return errno.errorcode[error.errno]
    except RuntimeError as error:
        return str(error)


def call(name, *arguments):
    """A raw system call of this machine."""
    return kernel.syscall(NUMBERS[kernel.machine()][name], *arguments, name=name)


def test_the_layer_keeps_the_contract():
    layer = Seccomp()
    assert isinstance(layer, Layer)
    assert layer.name == "seccomp"
    assert layer.covers
    assert layer.available() is None
    assert Path("/proc/self/status").read_text().count("Seccomp:\t0") == 1, "to ask changes nothing"


def test_the_kernel_runs_it():
    status, found = in_the_jail(lambda: Path("/proc/self/status").read_text())
    assert status == 0
    assert "Seccomp:\t2" in found


def start_a_thread():
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    return "started"


def peer_handle():
    with socket.socketpair()[0] as end:
        return end.getsockopt(socket.SOL_SOCKET, 77)


@pytest.mark.parametrize(
    "work",
    [
        os.fork,
        lambda: os.execv(sys.executable, [sys.executable]),
        lambda: os.posix_spawn(sys.executable, [sys.executable], {}),
        lambda: subprocess.run([sys.executable], check=False).returncode,
        lambda: socket.socket().close(),
        lambda: [end.close() for end in socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)],
        peer_handle,
        lambda: os.kill(os.getppid(), 0),
        lambda: os.kill(0, signal.SIGTERM),
        lambda: os.kill(-1, 0),
        lambda: os.pidfd_open(os.getpid()),
        lambda: os.memfd_create("x"),
        lambda: os.chmod("/", 0o755),  # noqa: PTH101 - the call itself is what is tried
        lambda: os.sched_setaffinity(0, {0}),
        lambda: os.nice(1),
        lambda: call("setrlimit", resource.RLIMIT_CORE, None),
        lambda: kernel.prctl(kernel.PR_SET_DUMPABLE, 1),
    ],
)
def test_what_honest_code_may_try_is_refused(work):
    assert in_the_jail(work) == (0, "EPERM")


@pytest.mark.parametrize(
    "work",
    [
        lambda: call("ptrace", 16, os.getppid()),
        lambda: call("process_vm_readv", os.getppid(), None, 0, None, 0, 0),
        lambda: call("unshare", 0),
        lambda: call("mount", None, None, None, 0, None),
        lambda: call("bpf", 0, None, 0),
        lambda: call("keyctl", 0, 0, 0),
        lambda: call("io_uring_setup", 1, None),
    ],
)
def test_what_no_honest_code_does_is_fatal(work):
    assert in_the_jail(work) == (-signal.SIGSYS, None)


def through_the_32_bit_door():
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid of i386); int 0x80; ret
    ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()


@pytest.mark.skipif(kernel.machine() != "x86_64", reason="int 0x80 and x32 are doors of x86-64")
@pytest.mark.parametrize("work", [through_the_32_bit_door, lambda: kernel.syscall(X32 | 39, name="getpid of x32")])
def test_the_other_doors_into_the_kernel_are_fatal(work):
    assert in_the_jail(work) == (-signal.SIGSYS, None)


def test_what_is_unknown_is_answered_as_by_an_old_kernel():
    assert in_the_jail(lambda: kernel.syscall(435, None, 0, name="clone3")) == (0, "ENOSYS")


def test_threads_need_a_grant():
    assert in_the_jail(start_a_thread) == (0, "can't start new thread")
    assert in_the_jail(start_a_thread, threads=2) == (0, "started")
    assert in_the_jail(os.fork, threads=2) == (0, "EPERM")


def test_a_process_may_signal_itself():
    assert in_the_jail(lambda: os.kill(os.getpid(), 0)) == (0, None)
    assert in_the_jail(lambda: signal.raise_signal(signal.SIGSEGV)) == (-signal.SIGSEGV, None)
    assert in_the_jail(os.abort) == (-signal.SIGABRT, None)


def test_a_file_is_not_emptied_through_a_handle_to_read(tmp_path):
    path = tmp_path / "library.py"
    path.write_text("text")
    assert in_the_jail(lambda: os.open(path, os.O_RDONLY | os.O_TRUNC)) == (0, "EPERM")
    assert path.read_text() == "text"


def test_limits_can_be_read():
    status, found = in_the_jail(lambda: resource.getrlimit(resource.RLIMIT_NOFILE))
    assert (status, tuple(found)) == (0, resource.getrlimit(resource.RLIMIT_NOFILE))


def test_nobody_is_killed_through_a_handle():
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as other:
        handle = os.pidfd_open(other.pid)
        assert in_the_jail(lambda: signal.pidfd_send_signal(handle, signal.SIGKILL)) == (0, "EPERM")
        assert other.poll() is None
        other.kill()
        os.close(handle)


def test_a_machine_without_a_table(monkeypatch):
    monkeypatch.setattr(kernel, "machine", lambda: "riscv64")
    assert "no table of system calls for riscv64" in Seccomp().available()


def test_a_kernel_without_filters(monkeypatch):
    def refuse(*arguments, name):
        raise OSError(errno.EINVAL, name)

    monkeypatch.setattr(kernel, "syscall", refuse)
    assert Seccomp().available() == "the kernel takes no filters: Invalid argument"


def test_a_kernel_that_does_not_know_the_flag(monkeypatch):
    asked = []

    def of_old(number, operation, flags, program, *, name):
        asked.append(flags)
        if flags:
            raise OSError(errno.EINVAL, name)
        if program is None:
            raise OSError(errno.EFAULT, name)

    monkeypatch.setattr(kernel, "syscall", of_old)
    layer = Seccomp()
    assert layer.available() is None
    layer.prepare(Jail())
    layer.apply(Limits())
    assert asked[-1] == 0


def test_without_no_new_privileges_the_kernel_refuses():
    def work():
        if os.geteuid() == 0:
            os.setresuid(65534, 65534, 65534)  # root may install filters without it
        layer = Seccomp()
        layer.prepare(Jail())
        layer.apply(Limits())

    assert in_a_child(work) == (0, "EACCES")
