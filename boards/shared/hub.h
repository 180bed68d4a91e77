// What every board of ours has in common.

// Where names were found last, by name: a byte for each. The firmware alone has more names than the
// usual 128, and what is not found there costs a hash and a division by software.
#define MICROPY_OPT_MAP_LOOKUP_CACHE_SIZE       (1024)
