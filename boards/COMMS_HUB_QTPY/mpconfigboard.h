// An Adafruit QT Py RP2040 that stands in for a Communications Hub.
#include "../shared/hub.h"

#define MICROPY_HW_BOARD_NAME                   "Communications Hub on Adafruit QT Py RP2040"

// As on MicroPython's own ADAFRUIT_QTPY_RP2040, so that the files of a board survive a change of
// image.
#define MICROPY_HW_FLASH_STORAGE_BYTES          (7 * 1024 * 1024)
