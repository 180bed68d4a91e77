# A Raspberry Pi Pico that stands in for a Communications Hub, with the hub's firmware frozen in.

set(PICO_BOARD "pico")
set(PICO_PLATFORM "rp2040")

include(${CMAKE_CURRENT_LIST_DIR}/../shared/hub.cmake)
