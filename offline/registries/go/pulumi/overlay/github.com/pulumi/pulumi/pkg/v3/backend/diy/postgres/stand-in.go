// Package postgres stands in for state in a database.
package postgres

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/blob"
)

type opener struct{}

func (opener) OpenBucketURL(context.Context, *url.URL) (*blob.Bucket, error) {
	return nil, errors.New("this build of Pulumi cannot keep state in postgres://: use a folder, or the official release of Pulumi")
}

// Without it, Pulumi would take the address for one of the service Pulumi Cloud.
func init() {
	blob.DefaultURLMux().RegisterBucket("postgres", opener{})
}
