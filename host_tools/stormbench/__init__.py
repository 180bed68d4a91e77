"""stormbench: floods a Communications Hub, plays the DSP, compares where to throttle."""
