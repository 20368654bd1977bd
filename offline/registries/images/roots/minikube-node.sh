#!/bin/sh
# Finishes the root file system of Minikube's node, after the recipe in deploy/kicbase of Minikube's module.
# KICBASE: that folder. CRI_DOCKERD, CRICTL: executables. CRI_DOCKERD_UNITS: the folder of cri-dockerd's systemd units.
# RUNC: the script that stands before runc. MINIKUBE_VERSION: v1.2.3. Usage: minikube-node.sh ROOT
set -eu
root=$1

# Docker of Debian 13, with the systemd of Debian 12, which still runs on the first version of cgroups.
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get install --yes --no-install-recommends \
  --option Dir::Bin::dpkg=env --option DPkg::Options::=--unset=TMPDIR --option DPkg::Options::=dpkg \
  --option DPkg::Chroot-Directory="$root" \
  libc6/trixie libc-bin/trixie base-files/trixie docker.io/trixie docker-cli/trixie containerd/trixie runc/trixie
rm -f "$root/etc/apt/sources.list" "$root"/etc/apt/sources.list.d/*

install -m 755 "$KICBASE/entrypoint" "$root/usr/local/bin/"
install -m 644 "$KICBASE/10-network-security.conf" "$KICBASE/11-tcp-mtu-probing.conf" "$root/etc/sysctl.d/"
install -D -m 644 "$KICBASE/containerd.toml" "$root/etc/containerd/config.toml"
install -m 755 "$KICBASE/automount/minikube-automount" "$root/usr/sbin/"
install -D -m 755 "$KICBASE/scheduled-stop/minikube-scheduled-stop" \
  "$root/var/lib/minikube/scheduled-stop/minikube-scheduled-stop"
install -m 644 "$KICBASE"/automount/*.service "$KICBASE"/scheduled-stop/*.service \
  "$CRI_DOCKERD_UNITS/cri-docker.service" "$CRI_DOCKERD_UNITS/cri-docker.socket" "$root/usr/lib/systemd/system/"
install -m 755 "$CRI_DOCKERD" "$root/usr/bin/cri-dockerd"
install -m 755 "$CRICTL" "$root/usr/local/bin/crictl"

# Minikube rewrites Docker's configuration in the node, so the script takes runc's place instead of being set there.
mv "$root/usr/sbin/runc" "$root/usr/sbin/runc.real"
install -m 755 "$RUNC" "$root/usr/sbin/runc"
ln -s ../sbin/dockerd "$root/usr/bin/dockerd"
mkdir -p "$root/opt/cni/bin"
cp -a "$root/usr/lib/cni/." "$root/opt/cni/bin/"

# Only what a node needs is started, and nothing that belongs to the host.
units=$root/lib/systemd/system
rm -f "$units"/sysinit.target.wants/systemd-tmpfiles-setup.service "$units"/multi-user.target.wants/* \
  "$units"/local-fs.target.wants/* "$units"/sockets.target.wants/*udev* "$units"/sockets.target.wants/*initctl* \
  "$units"/basic.target.wants/* "$root"/etc/systemd/system/*.wants/*
chroot "$root" systemctl mask systemd-binfmt.service
chroot "$root" systemctl enable docker.service ssh.service minikube-automount.service
echo ReadKMsg=no >> "$root/etc/systemd/journald.conf"
[ -e "$root/sbin/init" ] || ln -s /lib/systemd/systemd "$root/sbin/init"
mkdir -p "$root/etc/kubernetes/manifests" "$root/kind"
sed -i -E 's/^(hosts:\s*).*/\1files dns/' "$root/etc/nsswitch.conf"

printf '%s\n' 'PubkeyAcceptedAlgorithms +ssh-rsa' 'HostkeyAlgorithms +ssh-rsa' 'PasswordAuthentication no' \
  >> "$root/etc/ssh/sshd_config"
chroot "$root" useradd --create-home --shell /bin/bash --gid docker --groups sudo --password '*' docker
install -d -o "$(stat -c %u "$root/home/docker")" -g "$(stat -c %g "$root/home/docker")" "$root/home/docker/.ssh"
echo '%sudo ALL=(ALL) NOPASSWD:ALL' > "$root/etc/sudoers.d/20-passwordless-sudo"
chmod 440 "$root/etc/sudoers.d/20-passwordless-sudo"
printf '{"kicbase_version": "todo-stack", "minikube_version": "%s"}\n' "$MINIKUBE_VERSION" > "$root/version.json"
