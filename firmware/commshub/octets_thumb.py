# ruff: noqa: F821  (registers, labels and instructions are the assembler's names)
# mypy: ignore-errors
"""The loops over single bytes, as instructions of the Cortex-M0+.

`octets_plain` has the same in Python, and says what the arguments are. What goes through here is
each byte of each frame. Only instructions of ARMv6-M. The loop of a check sum stands three times:
there are no calls here. Allocates: nothing. Context: any.
"""

from array import array

import micropython
from micropython import const

_POLYNOMIAL = const(0xEDB88320 - (1 << 32))  # of CRC-32, as in zip files and Ethernet
LEAST_OPENED = const(13)  # as in `octets_plain`
_RESIDUE = const(0xDEBB20E3 - (1 << 32))  # left by anything with its own CRC-32 behind it


@micropython.viper
def _fill(table):
    words = ptr32(table)
    number = 0
    while number < 256:
        value = uint(number)
        bits = 0
        while bits < 8:
            value = value >> 1 ^ uint(_POLYNOMIAL) * (value & 1)
            bits += 1
        words[number] = value
        number += 1
    words[256] = _RESIDUE


TABLE = array("I", bytes(4 * 257))  # what each byte comes to; the residue
_fill(TABLE)


@micropython.asm_thumb
def is_sound(r0, r1, r2, r3):
    add(r1, r1, r0)  # where to read, and up to where
    add(r2, r2, r0)
    mov(r0, 0)
    mvn(r0, r0)
    b(WHETHER)
    label(BYTE)
    ldrb(r4, [r1, 0])
    add(r1, r1, 1)
    eor(r4, r0)
    lsl(r4, r4, 24)  # the low byte, as the place of a word
    lsr(r4, r4, 22)
    add(r4, r4, r3)
    ldr(r4, [r4, 0])
    lsr(r0, r0, 8)
    eor(r0, r4)
    label(WHETHER)
    cmp(r1, r2)
    bcc(BYTE)
    mov(r4, 1)  # the residue lies behind the table's 256 words
    lsl(r4, r4, 10)
    add(r4, r4, r3)
    ldr(r4, [r4, 0])
    mov(r1, 0)
    cmp(r0, r4)
    bne(NOT_SOUND)
    mov(r1, 1)
    label(NOT_SOUND)
    mov(r0, r1)


@micropython.asm_thumb
def open_frame(r0, r1, r2, r3):  # noqa: PLR0915 (a line is an instruction)
    mov(r7, r0)
    add(r1, r1, r0)  # the first code
    add(r2, r2, r0)  # up to where bytes have come
    mov(r4, r1)
    label(WALK)
    cmp(r4, r2)
    bcs(NONE)
    ldrb(r5, [r4, 0])
    cmp(r5, 0)
    beq(DELIMITER)
    cmp(r5, 255)
    beq(NONE)
    add(r4, r4, r5)
    b(WALK)
    label(DELIMITER)
    sub(r0, r4, r1)
    cmp(r0, LEAST_OPENED)
    bcc(NONE)
    mov(r2, r4)
    mov(r6, 0)  # the check sum
    mvn(r6, r6)
    mov(r4, r1)
    ldrb(r5, [r4, 0])
    add(r4, r4, 1)
    add(r5, r5, r4)
    sub(r5, r5, 1)  # the place of the next code
    b(WHETHER)
    label(BYTE)
    ldrb(r0, [r4, 0])
    add(r4, r4, 1)
    label(STEP)
    eor(r0, r6)
    lsl(r0, r0, 24)
    lsr(r0, r0, 22)
    add(r0, r0, r3)
    ldr(r0, [r0, 0])
    lsr(r6, r6, 8)
    eor(r6, r0)
    label(WHETHER)
    cmp(r4, r5)
    bcc(BYTE)
    cmp(r4, r2)
    bcs(SUMMED)
    ldrb(r5, [r4, 0])  # a code, which stands for a 00
    add(r4, r4, 1)
    add(r5, r5, r4)
    sub(r5, r5, 1)
    mov(r0, 0)
    b(STEP)
    label(SUMMED)
    mov(r0, 1)
    lsl(r0, r0, 10)
    add(r0, r0, r3)
    ldr(r0, [r0, 0])
    cmp(r0, r6)
    bne(NONE)
    mov(r0, 0)
    label(ZERO)
    ldrb(r5, [r1, 0])
    strb(r0, [r1, 0])
    add(r1, r1, r5)
    cmp(r1, r2)
    bcc(ZERO)
    sub(r0, r2, r7)
    b(END)
    label(NONE)
    mov(r0, 0)
    label(END)


@micropython.asm_thumb
def take_out(r0, r1, r2, r3):
    add(r0, r0, r1)
    lsr(r1, r2, 14)
    add(r3, r3, r1)
    lsl(r2, r2, 18)
    lsr(r2, r2, 18)
    add(r2, r2, r0)  # up to where
    sub(r4, r2, 4)  # the last place that has four bytes behind it
    b(WHETHER_FOUR)
    label(FOUR)
    ldrb(r1, [r0, 0])
    strb(r1, [r3, 0])
    ldrb(r1, [r0, 1])
    strb(r1, [r3, 1])
    ldrb(r1, [r0, 2])
    strb(r1, [r3, 2])
    ldrb(r1, [r0, 3])
    strb(r1, [r3, 3])
    add(r0, r0, 4)
    add(r3, r3, 4)
    label(WHETHER_FOUR)
    cmp(r0, r4)
    bls(FOUR)
    b(WHETHER)
    label(BYTE)
    ldrb(r1, [r0, 0])
    strb(r1, [r3, 0])
    add(r0, r0, 1)
    add(r3, r3, 1)
    label(WHETHER)
    cmp(r0, r2)
    bcc(BYTE)
    mov(r0, 0)


@micropython.asm_thumb
def seal(r0, r1, r2, r3):  # noqa: PLR0915 (a line is an instruction)
    push({r2})
    add(r1, r1, r0)  # up to where to read
    mov(r5, r2)  # the place of the code
    add(r4, r5, 1)  # where to write
    mov(r2, 0)  # whether the check sum is what is read
    mov(r6, 0)
    mvn(r6, r6)
    b(WHETHER)
    label(CLOSE)
    sub(r7, r4, r5)
    strb(r7, [r5, 0])
    mov(r5, r4)
    add(r4, r4, 1)
    mov(r7, 0)
    b(STEP)
    label(BYTE)
    ldrb(r7, [r0, 0])
    add(r0, r0, 1)
    cmp(r7, 0)
    beq(CLOSE)
    strb(r7, [r4, 0])
    add(r4, r4, 1)
    label(STEP)
    eor(r7, r6)
    lsl(r7, r7, 24)  # the low byte, as the place of a word
    lsr(r7, r7, 22)
    add(r7, r7, r3)
    ldr(r7, [r7, 0])
    lsr(r6, r6, 8)
    eor(r6, r7)
    sub(r7, r4, r5)
    cmp(r7, 255)
    beq(FULL)
    label(WHETHER)
    cmp(r0, r1)
    bcc(BYTE)
    cmp(r2, 0)
    bne(END)
    mov(r2, 1)
    mvn(r6, r6)
    strb(r6, [r1, 0])
    lsr(r6, r6, 8)
    strb(r6, [r1, 1])
    lsr(r6, r6, 8)
    strb(r6, [r1, 2])
    lsr(r6, r6, 8)
    strb(r6, [r1, 3])
    add(r1, r1, 4)
    b(BYTE)
    label(FULL)
    cmp(r2, 0)
    beq(OPEN)
    cmp(r0, r1)
    bcs(END)
    label(OPEN)
    strb(r7, [r5, 0])
    mov(r5, r4)
    add(r4, r4, 1)
    b(WHETHER)
    label(END)
    sub(r7, r4, r5)
    strb(r7, [r5, 0])
    mov(r7, 0)
    strb(r7, [r4, 0])
    strb(r7, [r4, 1])
    pop({r2})
    sub(r0, r4, r2)
    add(r0, r0, 2)
