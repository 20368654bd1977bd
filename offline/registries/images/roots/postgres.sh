#!/bin/sh
# Finishes the root file system of the PostgreSQL base image. Usage: postgres.sh ROOT
set -eu
here=$(dirname "$0")
# shellcheck source=SCRIPTDIR/small-root.sh
. "$here/small-root.sh"
root=$1
small_root "$root"
echo 'postgres:x:999:999:PostgreSQL:/var/lib/postgresql:/bin/sh' >> "$root/etc/passwd"
echo 'postgres:x:999:' >> "$root/etc/group"
# Debian's cluster scripts are in Perl and not used here; just-in-time compilation alone would double the image.
rm -rf "$root"/usr/lib/*/perl* "$root"/usr/share/perl* "$root"/usr/lib/*/libperl* "$root"/usr/lib/*/libLLVM* \
  "$root"/usr/lib/*/libz3* "$root"/usr/lib/postgresql/17/lib/bitcode "$root"/usr/lib/postgresql/17/lib/llvmjit* \
  "$root/usr/share/postgresql-common" "$root/etc/postgresql-common" "$root/usr/share/i18n"
sample=$root/usr/share/postgresql/17/postgresql.conf.sample
sed -i -e "s/^#listen_addresses = .*/listen_addresses = '*'/" -e 's/^#jit = .*/jit = off/' "$sample"
install -d -o 999 -g 999 -m 1777 "$root/var/lib/postgresql" "$root/var/lib/postgresql/data"
mkdir -p "$root/run/postgresql"
chown 999:999 "$root/run/postgresql"
chmod 3777 "$root/run/postgresql"
install -m 755 "$here/postgres-entrypoint.sh" "$root/usr/local/bin/docker-entrypoint.sh"
