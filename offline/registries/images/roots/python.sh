#!/bin/sh
# Finishes the root file system of the Python base image. Usage: python.sh ROOT
set -eu
# shellcheck source=SCRIPTDIR/small-root.sh
. "$(dirname "$0")/small-root.sh"
# shellcheck source=SCRIPTDIR/package-records.sh
. "$(dirname "$0")/package-records.sh"
root=$1
small_root "$root"
package_records "$root"
for name in python python3 python3.13; do ln -s /usr/bin/python3.13 "$root/usr/local/bin/$name"; done
# Images install packages without a virtual environment too, as they can in the official image.
rm -f "$root/usr/lib/python3.13/EXTERNALLY-MANAGED"
rm -rf "$root/usr/lib/python3.13/test" "$root/usr/lib/python3.13/pydoc_data"
# No maintainer script compiled the standard library, and a container with a read-only root file system never can.
chroot "$root" /usr/bin/python3.13 -m compileall -q /usr/lib/python3.13
wheel=$(basename "$root"/usr/share/python-wheels/pip-*.whl)
chroot "$root" /usr/bin/python3.13 "/usr/share/python-wheels/$wheel/pip" install --no-index --no-cache-dir \
  --disable-pip-version-check --root-user-action=ignore "/usr/share/python-wheels/$wheel"
