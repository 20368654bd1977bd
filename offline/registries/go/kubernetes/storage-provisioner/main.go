// Binds the volume claims of Minikube's default storage class on a cluster of one node: each claim becomes a folder of the
// node. It stands in for Minikube's own provisioner, which does not start when it is built from its published module.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

const (
	// The name that Minikube's storage class asks for.
	name = "k8s.io/minikube-hostpath"
	// On the node's disk, and kept when the node restarts.
	root = "/tmp/hostpath-provisioner"
)

type folders struct{}

// Provision makes the folder of a claim. Whoever runs in the pod may write to it, since kubelet changes no owners here.
func (folders) Provision(_ context.Context, options controller.ProvisionOptions) (*v1.PersistentVolume, controller.ProvisioningState, error) {
	folder := filepath.Join(root, options.PVC.Namespace, options.PVC.Name)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, fmt.Errorf("make the folder of claim %s: %w", options.PVC.Name, err)
	}
	// The process's umask took bits away.
	if err := os.Chmod(folder, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, fmt.Errorf("open the folder of claim %s: %w", options.PVC.Name, err)
	}
	return &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: options.PVName},
		Spec: v1.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
			AccessModes:                   options.PVC.Spec.AccessModes,
			Capacity:                      v1.ResourceList{v1.ResourceStorage: options.PVC.Spec.Resources.Requests[v1.ResourceStorage]},
			PersistentVolumeSource:        v1.PersistentVolumeSource{HostPath: &v1.HostPathVolumeSource{Path: folder}},
		},
	}, controller.ProvisioningFinished, nil
}

// Delete removes a claim's folder with all that is in it.
func (folders) Delete(_ context.Context, volume *v1.PersistentVolume) error {
	return os.RemoveAll(volume.Spec.HostPath.Path)
}

func main() {
	config, err := rest.InClusterConfig()
	if err != nil {
		log.Fatalf("read the credentials of this pod: %v", err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		log.Fatalf("connect to Kubernetes: %v", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	// One node, one provisioner: there is nobody to elect a leader among.
	controller.NewProvisionController(ctx, client, name, folders{}, controller.LeaderElection(false)).Run(ctx)
}
