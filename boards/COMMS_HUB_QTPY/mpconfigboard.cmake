# An Adafruit QT Py RP2040 that stands in for a Communications Hub, with the hub's firmware frozen
# in. The Pico SDK's board file has its flash (8 MB, W25Q080 commands) and the delay of its crystal.

set(PICO_BOARD "adafruit_qtpy_rp2040")
set(PICO_PLATFORM "rp2040")

include(${CMAKE_CURRENT_LIST_DIR}/../shared/hub.cmake)
