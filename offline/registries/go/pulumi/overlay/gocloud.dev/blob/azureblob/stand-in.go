// Package azureblob stands in for state in Azure's containers.
package azureblob

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/blob"
)

// Scheme is how an address of such a container begins.
const Scheme = "azblob"

// ServiceURLOptions would say where the service is.
type ServiceURLOptions struct{}

// NewDefaultServiceURLOptions returns nothing of use.
func NewDefaultServiceURLOptions() *ServiceURLOptions { return &ServiceURLOptions{} }

// NewDefaultClient would connect to the service.
func NewDefaultClient() {}

// URLOpener opens no container.
type URLOpener struct {
	MakeClient        func()
	ServiceURLOptions ServiceURLOptions
}

// OpenBucketURL always fails.
func (*URLOpener) OpenBucketURL(context.Context, *url.URL) (*blob.Bucket, error) {
	return nil, errors.New("this build of Pulumi cannot keep state in azblob://: use a folder, or the official release of Pulumi")
}

// Without it, Pulumi would take the address for one of the service Pulumi Cloud.
func init() {
	blob.DefaultURLMux().RegisterBucket(Scheme, &URLOpener{})
}
