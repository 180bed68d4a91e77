#!/usr/bin/env bash
# Puts the sources that a hub's image is built from into stormbench's cache.
#
# MicroPython, mbed TLS, the Pico SDK and TinyUSB, as Debian 13 carries them. They are downloaded
# and unpacked, never installed: apt gets a configuration of its own, and the machine's lists,
# packages and settings stay as they are. No root is needed. `make deps` calls this.
#
# Usage:  fetch-sources.sh        does nothing if the sources are there already
# Needs:  apt-get, dpkg, tar, xz-utils, bzip2, sha256sum, debian-archive-keyring; about 180 MB.
# Reads:  STORMBENCH_CACHE         the cache's folder; default ${XDG_CACHE_HOME:-~/.cache}/stormbench
#         STORMBENCH_DEBIAN_MIRROR a Debian mirror; default: the mirrors that this machine's apt uses
# Exits:  0 the sources are in the cache;  1 unpacking failed;  3 they could not be obtained
set -euo pipefail

readonly SUITE=trixie
readonly SOURCE_PACKAGES=(micropython mbedtls)
readonly BINARY_PACKAGES=(pico-sdk-source tinyusb-source)
# To be raised when the unpacked tree changes its shape; part of its identity.
readonly LAYOUT="layout 2"

cache=${STORMBENCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/stormbench}

say() { printf 'fetch-sources: %s\n' "$*" >&2; }
give_up() { say "$@"; exit 3; }

have_already() {
    [[ -f $cache/sources/debian/versions.txt ]] &&
        [[ $(head -n 1 "$cache/sources/debian/versions.txt") == "$LAYOUT" ]]
}

need_programs() {
    local program
    for program in apt-get dpkg tar xz bzip2 sha256sum; do
        command -v "$program" >/dev/null ||
            give_up "expected the program $program, which is not here; install Debian's package of it," \
                "or build from a MicroPython checkout: stormbench firmware build --micropython PATH"
    done
}

find_keyring() {
    local ring
    for ring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
        [[ -f $ring ]] && echo "$ring" && return
    done
    give_up "expected Debian's keys in /usr/share/keyrings; apt-get install debian-archive-keyring"
}

# Every package archive this machine uses, Debian's own first, updates and security left out.
mirrors() {
    if [[ -n ${STORMBENCH_DEBIAN_MIRROR:-} ]]; then
        echo "$STORMBENCH_DEBIAN_MIRROR"
        return
    fi
    # shellcheck disable=SC2016  # apt fills these in, not the shell
    apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Identifier: Packages' |
        sed -e 's/^Debian /0 /' -e t -e 's/^.* /1 /' | sort -u | cut -d ' ' -f 2- | grep -v security
}

# The clauses #clear keep the machine's proxies, but none of its hooks, which would touch the system.
write_apt_configuration() {
    local mirror=$1 keyring=$2
    mkdir -p "$work"/apt/{empty,state/lists/partial,cache/archives/partial}
    : >"$work/apt/status"
    cat >"$work/apt/apt.conf" <<EOF
#clear APT::Update;
#clear DPkg;
Dir::State "$work/apt/state";
Dir::State::lists "$work/apt/state/lists";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt/cache";
Dir::Etc::SourceList "$work/apt/sources.list";
Dir::Etc::SourceParts "$work/apt/empty";
Dir::Etc::Preferences "$work/apt/empty/preferences";
Dir::Etc::PreferencesParts "$work/apt/empty";
Acquire::Languages "none";
Acquire::AllowInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
APT::Sandbox::User "root";
EOF
    cat >"$work/apt/sources.list" <<EOF
deb [signed-by=$keyring target=Packages] $mirror $SUITE main
deb-src [signed-by=$keyring target=Sources] $mirror $SUITE main
EOF
}

apt() { apt-get -q=2 -c "$work/apt/apt.conf" "$@" >>"$work/apt.log" 2>&1; }

read_lists() {
    local keyring mirror
    keyring=$(find_keyring)
    for mirror in $(mirrors); do
        write_apt_configuration "$mirror" "$keyring"
        # apt-get update answers 0 with a warning when a list could not be had: look for the lists.
        if apt update && compgen -G "$work/apt/state/lists/*_Sources*" >/dev/null; then
            say "reading $SUITE from this machine's mirror"
            return
        fi
    done
    sed 's/^/  /' "$work/apt.log" >&2
    give_up "no mirror of this machine carries Debian's $SUITE with a good signature;" \
        "name one: STORMBENCH_DEBIAN_MIRROR=URL make deps"
}

download() {
    mkdir "$work/files"
    cd "$work/files"
    if ! { apt --download-only --only-source source "${SOURCE_PACKAGES[@]}" &&
        apt download "${BINARY_PACKAGES[@]}"; }; then
        sed 's/^/  /' "$work/apt.log" >&2
        give_up "the download of ${SOURCE_PACKAGES[*]} ${BINARY_PACKAGES[*]} failed"
    fi
    cd - >/dev/null
}

# What is unpacked, by name (which bears the version) and content, and the date an image is given.
write_versions() {
    {
        echo "$LAYOUT"
        stat --format 'dated %Y' "$work/tree/micropython/py/mpconfig.h"
        cd "$work/files"
        sha256sum -- *.deb *.orig.tar.*[!c]
    } >"$work/tree/versions.txt"
}

# Debian's source package of MicroPython leaves out four submodules: three become links, and of
# micropython-lib the build only wants to see that it is there.
unpack() {
    local tree=$work/tree package
    mkdir -p "$tree"/{micropython,mbedtls}
    tar -xf "$work"/files/micropython_*.orig.tar.*[!c] -C "$tree/micropython" --strip-components=1 \
        --no-same-owner --exclude='*/docs' --exclude='*/logo' --exclude='*/tests'
    tar -xf "$work"/files/mbedtls_*.orig.tar.*[!c] -C "$tree/mbedtls" --strip-components=1 \
        --no-same-owner --wildcards '*/library' '*/include' '*/3rdparty' '*/LICENSE'
    for package in "${BINARY_PACKAGES[@]}"; do
        dpkg -x "$work/files/$package"_*.deb "$tree/$package"
    done
    local lib=$tree/micropython/lib
    rm -rf "$lib"/{pico-sdk,tinyusb,mbedtls}
    ln -s ../../pico-sdk-source/usr/src/pico-sdk "$lib/pico-sdk"
    ln -s ../../tinyusb-source/usr/src/tinyusb "$lib/tinyusb"
    ln -s ../../mbedtls "$lib/mbedtls"
    mkdir -p "$lib/micropython-lib"
    echo "Empty on purpose: the hub's image takes nothing from micropython-lib." >"$lib/micropython-lib/README.md"
    (write_versions)
}

# One rename each, so that whoever looks sees all of a tree or none of it.
publish() {
    local version digest name
    version=$(basename "$work"/files/micropython_*.dsc .dsc | tr -c 'A-Za-z0-9.\n' '-')
    digest=$(sha256sum "$work/tree/versions.txt" | cut -c 1-8)
    name=debian-$version-$digest
    mv -T "$work/tree" "$cache/sources/$name" 2>/dev/null || [[ -f $cache/sources/$name/versions.txt ]]
    ln -s "$name" "$work/current"
    mv -T "$work/current" "$cache/sources/debian"
    say "done: $cache/sources/$name"
}

if have_already; then
    say "already there: $cache/sources/debian"
    exit 0
fi
need_programs
mkdir -p "$cache/sources"
cache=$(cd "$cache" && pwd)
work=$(mktemp -d "$cache/sources/.fetching.XXXXXX")
trap 'rm -rf "$work"' EXIT
read_lists
download
unpack
publish
