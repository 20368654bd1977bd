#!/bin/sh
# Functions for the hooks that finish the small root file systems of the base images. Packages in them are unpacked and
# not configured: there is no package manager, so what maintainer scripts would do and an application needs is done here.

# small_root ROOT: a shell and the usual commands (busybox), users, name resolution, certificate authorities.
small_root() {
  chroot "$1" /usr/bin/busybox --install -s >/dev/null 2>&1 || true
  [ -L "$1/usr/bin/sh" ] || { echo "busybox did not install a shell" >&2; return 1; }
  cp "$1/usr/share/base-passwd/passwd.master" "$1/etc/passwd"
  cp "$1/usr/share/base-passwd/group.master" "$1/etc/group"
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' > "$1/etc/nsswitch.conf"
  mkdir -p "$1/etc/ssl/certs" "$1/tmp" "$1/run"
  ln -sfn /run "$1/var/run"
  chmod 1777 "$1/tmp"
  if [ -s "${CERTIFICATES:-}" ]; then
    cp "$CERTIFICATES" "$1/etc/ssl/certs/ca-certificates.crt"
  else
    cat "$1"/usr/share/ca-certificates/mozilla/*.crt > "$1/etc/ssl/certs/ca-certificates.crt"
  fi
  rm -rf "$1"/usr/lib/*/gconv "$1/usr/share/ca-certificates"
  mkdir -p "$1/usr/local/bin"
}
