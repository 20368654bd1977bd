// Package authhelpers stands in for signing in to Google's cloud. The state of this stack is a folder.
package authhelpers

import (
	"context"
	"errors"

	"gocloud.dev/blob"
)

// GoogleCredentialsMux always fails.
func GoogleCredentialsMux(context.Context) (*blob.URLMux, error) {
	return nil, errors.New("this build of Pulumi cannot keep state in gs://: use a folder, or the official release of Pulumi")
}
