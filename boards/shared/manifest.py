"""What is frozen into the image: what the port needs to boot, and the hub; no micropython-lib.

The names used here (freeze, module, package) are injected by MicroPython's tools/manifestfile.py;
$(STORMBENCH_FIRMWARE) is set in mpconfigboard.cmake.
"""

freeze("$(PORT_DIR)/modules")
module("main.py", base_path="$(STORMBENCH_FIRMWARE)")
package("commshub", base_path="$(STORMBENCH_FIRMWARE)")
package("commshub_identity", base_path="$(STORMBENCH_FIRMWARE)")
