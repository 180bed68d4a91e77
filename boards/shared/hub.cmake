# What every board of ours has in common: its image carries the hub's firmware, and its own name.
#
# STORMBENCH_FIRMWARE names a folder that holds main.py, commshub/ and commshub_identity/, as a
# cmake variable or in the environment. `stormbench firmware build` sets it; for a build by hand
# `stormbench firmware build --stage DIR` writes such a folder.

# Readable from the image, by picotool and by `stormbench firmware info`.
list(APPEND MICROPY_DEF_BOARD PICO_PROGRAM_DESCRIPTION="${MICROPY_BOARD}")

if(NOT STORMBENCH_FIRMWARE)
    set(STORMBENCH_FIRMWARE "$ENV{STORMBENCH_FIRMWARE}")
endif()
foreach(_needed main.py commshub/__init__.py commshub_identity/__init__.py)
    if(NOT EXISTS "${STORMBENCH_FIRMWARE}/${_needed}")
        message(FATAL_ERROR
            "STORMBENCH_FIRMWARE is '${STORMBENCH_FIRMWARE}', which has no ${_needed}. It must "
            "name the folder written by: stormbench firmware build --stage DIR")
    endif()
endforeach()

# mkrules.cmake hands every MICROPY_MANIFEST_NAME to manifest.py as $(NAME).
set(MICROPY_MANIFEST_STORMBENCH_FIRMWARE "${STORMBENCH_FIRMWARE}")
set(MICROPY_FROZEN_MANIFEST ${CMAKE_CURRENT_LIST_DIR}/manifest.py)

# Where mkrules.cmake puts what is frozen; why: see the header.
set_source_files_properties("${CMAKE_BINARY_DIR}/frozen_content.c" PROPERTIES
    COMPILE_OPTIONS "-include;${CMAKE_CURRENT_LIST_DIR}/frozen_native.h")
