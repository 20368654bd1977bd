#!/bin/sh
# Finishes the root file system of kube-router's image. KUBE_ROUTER: its executable. Usage: kube-router.sh ROOT
set -eu
here=$(dirname "$0")
# shellcheck source=SCRIPTDIR/small-root.sh
. "$here/small-root.sh"
# shellcheck source=SCRIPTDIR/iptables.sh
. "$here/iptables.sh"
root=$1
small_root "$root"
nft_iptables "$root"
install -m 755 "$KUBE_ROUTER" "$root/usr/local/bin/kube-router"
