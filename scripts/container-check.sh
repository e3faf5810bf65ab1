#!/bin/sh
# Builds the container of apps/oinr/Containerfile on a base made from Debian's packages, so that no registry of images is
# needed, and imputes a scan and a BIDS folder in it (Debian: apt-get install podman buildah debootstrap; as root). Part of the long check where
# these are installed. Ends with 0 where all is as it should be. `scripts/container-check.sh [TARBALL]`: of `npm pack`; made where none is named.
set -eu
for command in podman buildah debootstrap; do
  command -v "$command" > /dev/null || { echo "$command is not installed: nothing was checked."; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "Making a root file system needs root: nothing was checked."; exit 0; }

cd "$(dirname "$0")/.."
place=$(mktemp -d)
storage="--root $place/images --runroot $place/run --storage-driver vfs"
trap 'rm -rf "$place"' EXIT
cp apps/oinr/Containerfile "$place/"
if [ $# -gt 0 ]; then cp "$1" "$place/"; else (cd apps/oinr && npm pack --pack-destination "$place" > /dev/null); fi

echo "The base: Debian with this Node and its npm"
debootstrap --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$place/base" > "$place/debootstrap.txt" ||
  { tail -5 "$place/debootstrap.txt"; exit 1; }
node=$(node -p process.execPath)
cp "$node" "$place/base/usr/local/bin/node"
mkdir -p "$place/base/usr/local/lib/node_modules"
cp -R "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$place/base/usr/local/lib/node_modules/npm"
# What this machine trusts the base trusts too: networks may have authorities of their own.
cp /usr/local/share/ca-certificates/*.crt "$place/base/usr/local/share/ca-certificates/" 2> /dev/null || true
chroot "$place/base" update-ca-certificates > /dev/null 2>&1
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$place/base/usr/local/bin/npm"
# shellcheck disable=SC2086
tar -C "$place/base" -c . | podman $storage import --change "ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt" - oinr-base > /dev/null

echo "The container"
# shellcheck disable=SC2086
buildah $storage build --isolation chroot --network host --build-arg BASE=localhost/oinr-base --tag oinr "$place" > "$place/build.txt" 2>&1 ||
  { tail -20 "$place/build.txt"; exit 1; }

# A scan, and a BIDS folder of two, 6 mm apart.
mkdir -p "$place/data"
node scripts/container-scans.ts "$place/data"

# Run as buildah builds, in a chroot: a runtime of containers wants more of the kernel than test machines give.
# shellcheck disable=SC2086
container=$(buildah $storage from localhost/oinr)
inside() {
  # shellcheck disable=SC2086
  buildah $storage run --isolation chroot --volume "$place/data:/data" "$container" -- oinr "$@"
}
inside --version
inside impute scan.nii.gz --spacing 2 --method oinr-prior --out imputed > "$place/impute.txt" 2>&1 || { cat "$place/impute.txt"; exit 1; }
ls "$place"/data/imputed/*_desc-*.nii.gz
inside /data/study /data/bids-out participant --spacing 2 --method linear > "$place/bids.txt" 2>&1 || { cat "$place/bids.txt"; exit 1; }
ls "$place"/data/bids-out/sub-0*/anat/*_desc-*_T1w.nii.gz
# shellcheck disable=SC2086
podman $storage images --format '{{.Repository}} {{.Size}}'
echo "The container was built and does its work."
