// A Raspberry Pi Pico that stands in for a Communications Hub.
#include "../shared/hub.h"

#define MICROPY_HW_BOARD_NAME                   "Communications Hub on Raspberry Pi Pico"

// As on MicroPython's own RPI_PICO, so that the files of a board survive a change of image.
#define MICROPY_HW_FLASH_STORAGE_BYTES          (1408 * 1024)
