// A Raspberry Pi Pico that stands in for a Communications Hub.
#define MICROPY_HW_BOARD_NAME                   "Communications Hub on Raspberry Pi Pico"

// As on MicroPython's own RPI_PICO, so that the files of a board survive a change of image.
#define MICROPY_HW_FLASH_STORAGE_BYTES          (1408 * 1024)

// Where names were found last, by name: a byte for each. The firmware alone has more names than the
// usual 128, and what is not found there costs a hash and a division by software.
#define MICROPY_OPT_MAP_LOOKUP_CACHE_SIZE       (1024)
