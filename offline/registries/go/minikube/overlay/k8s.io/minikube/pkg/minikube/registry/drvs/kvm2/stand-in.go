// Package kvm2 stands in for virtual machines by libvirt, whose disk image is in no package registry. Without it, no C
// compiler is needed.
package kvm2
