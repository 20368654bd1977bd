// Package s3blob stands in for state in Amazon's buckets.
package s3blob

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/blob"
)

// Scheme is how an address of such a bucket begins.
const Scheme = "s3"

type opener struct{}

func (opener) OpenBucketURL(context.Context, *url.URL) (*blob.Bucket, error) {
	return nil, errors.New("this build of Pulumi cannot keep state in s3://: use a folder, or the official release of Pulumi")
}

// Without it, Pulumi would take the address for one of the service Pulumi Cloud.
func init() {
	blob.DefaultURLMux().RegisterBucket(Scheme, opener{})
}
