#!/bin/sh
# package_records ROOT: notes down which packages are unpacked, where scanners look in images without a package manager.
package_records() {
  mkdir -p "$1/var/lib/dpkg/status.d"
  for package in "$1"/var/cache/apt/archives/*.deb; do
    dpkg-deb --field "$package" > "$1/var/lib/dpkg/status.d/$(dpkg-deb --field "$package" Package)"
  done
}
