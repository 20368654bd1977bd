#!/bin/sh
# Function for the hooks of programs that set rules for packets.

# nft_iptables ROOT: iptables on nftables, as in the node. Rules of both kinds would not see each other.
nft_iptables() {
  for family in iptables ip6tables; do
    for command in "" -save -restore; do ln -s xtables-nft-multi "$1/usr/sbin/$family$command"; done
  done
}
