#!/bin/sh
# Finishes the root file system of kube-proxy's image. KUBE_PROXY: its executable. Usage: kube-proxy.sh ROOT
set -eu
# shellcheck source=SCRIPTDIR/small-root.sh
. "$(dirname "$0")/small-root.sh"
root=$1
small_root "$root"
# The node uses nftables too; rules of both kinds would not see each other.
for family in iptables ip6tables; do
  for command in "" -save -restore; do ln -s xtables-nft-multi "$root/usr/sbin/$family$command"; done
done
install -m 755 "$KUBE_PROXY" "$root/usr/local/bin/kube-proxy"
