package getter

import (
	"errors"
	"net/url"
)

// S3Getter stands in for downloads from buckets, which Minikube does not make.
type S3Getter struct{ getter }

var errS3 = errors.New("this build of Minikube cannot download from s3::")

// ClientMode always fails.
func (*S3Getter) ClientMode(*url.URL) (ClientMode, error) { return ClientModeInvalid, errS3 }

// Get always fails.
func (*S3Getter) Get(string, *url.URL) error { return errS3 }

// GetFile always fails.
func (*S3Getter) GetFile(string, *url.URL) error { return errS3 }
