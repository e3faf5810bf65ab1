#!/bin/sh
# Unpacks a software Vulkan driver (Mesa's lavapipe) into a folder, so that the WebGPU engine can be tested on a machine
# without a GPU. Nothing is installed; root is not needed. For Debian 12, whose own Mesa 22.3 is too old for WebGPU:
# the packages come from bookworm-backports, with the dependencies that this machine lacks.
#
#   . scripts/software-vulkan.sh [FOLDER]     (default: ~/.cache/oinr-software-vulkan)
#   npx ava libs/engines/test/conformance.test.ts
#
# Sourced, it also sets the three environment variables that the loader needs in the current shell.
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/oinr-software-vulkan}
root="$folder/root"

unpack_driver() {
  command -v apt-get > /dev/null || { echo "software-vulkan.sh: apt-get is needed (Debian 12)." >&2; return 1; }
  mkdir -p "$folder/lists/partial" "$folder/archives/partial" "$folder/empty" "$root" || return 1
  components='main'
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  mirror=${OINR_DEBIAN_MIRROR:-http://deb.debian.org/debian}
  for suite in bookworm bookworm-backports; do
    echo "deb [signed-by=$keyring] $mirror $suite $components"
  done > "$folder/sources.list"
  set -- -o "Dir::Etc::sourcelist=$folder/sources.list" -o "Dir::Etc::sourceparts=$folder/empty" \
    -o "Dir::State::lists=$folder/lists" -o "Dir::Cache::archives=$folder/archives" \
    -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" -o Debug::NoLocking=1 -qq
  apt-get "$@" update || return 1
  apt-get "$@" install --download-only --no-install-recommends -y -t bookworm-backports \
    mesa-vulkan-drivers libvulkan1 || return 1
  for package in "$folder"/archives/*.deb; do dpkg-deb -x "$package" "$root" || return 1; done
}

driver=$(find "$root" -name 'lvp_icd*.json' 2> /dev/null | head -n 1)
if [ -z "$driver" ]; then
  unpack_driver
  driver=$(find "$root" -name 'lvp_icd*.json' 2> /dev/null | head -n 1)
fi
if [ -z "$driver" ]; then
  echo "software-vulkan.sh: no driver could be unpacked into $folder." >&2
else
  libraries=$(dirname "$(find "$root" -name 'libvulkan_lvp.so' | head -n 1)")
  # The description of the driver names the library by its installed place; the unpacked one is elsewhere.
  sed "s#\"library_path\": *\"[^\"]*\"#\"library_path\": \"$libraries/libvulkan_lvp.so\"#" "$driver" > "$folder/driver.json"
  export VK_ICD_FILENAMES="$folder/driver.json"
  export LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-$folder}"
  echo "software Vulkan driver: $VK_ICD_FILENAMES"
fi
