package getter

import (
	"errors"
	"net/url"
)

// GCSGetter stands in for downloads from buckets, which Minikube does not make.
type GCSGetter struct{ getter }

var errGCS = errors.New("this build of Minikube cannot download from gcs::")

// ClientMode always fails.
func (*GCSGetter) ClientMode(*url.URL) (ClientMode, error) { return ClientModeInvalid, errGCS }

// Get always fails.
func (*GCSGetter) Get(string, *url.URL) error { return errGCS }

// GetFile always fails.
func (*GCSGetter) GetFile(string, *url.URL) error { return errGCS }
