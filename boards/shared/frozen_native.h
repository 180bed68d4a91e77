// Included before frozen_content.c, and before nothing else: native code that is frozen in must
// begin at a multiple of 4 bytes.
//
// For ARMv6-M the code emitter puts a constant of more than 16 bits behind the instruction that
// loads it, and reckons with code that is so aligned (py/asmthumb.c, asm_thumb_mov_reg_i32). But
// mpy-tool.py of MicroPython 1.25.0 asks for 2 bytes only, so a function that happens to begin
// between words loads another number.
#define aligned(bytes) __aligned__((bytes) < 4 ? 4 : (bytes))
