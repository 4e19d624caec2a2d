"""Runs classic BPF as the kernel's seccomp does, for the five instructions that our filters are made of."""

import struct

LOAD, AND, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06


def run(program, number, architecture, arguments=(), *, own_pid=1):
    """What the kernel would do with a call: the value that the filter returns."""
    arguments = [*arguments, *[0] * (6 - len(arguments))]
    description = struct.pack("<IIQ6Q", number, architecture, 0, *arguments)
    accumulator = position = 0
    while True:
        code, yes, no, operand = program[position]
        operand = own_pid if operand == -1 else operand
        position += 1
        if code == LOAD:
            assert operand % 4 == 0
            (accumulator,) = struct.unpack_from("<I", description, operand)
        elif code == AND:
            accumulator &= operand
        elif code == JUMP_EQUAL:
            position += yes if accumulator == operand else no
        elif code == JUMP_AT_LEAST:
            position += yes if accumulator >= operand else no
        else:
            assert code == RETURN
            return operand
