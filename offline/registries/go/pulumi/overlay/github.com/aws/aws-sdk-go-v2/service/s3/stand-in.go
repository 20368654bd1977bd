// Package s3 stands in for Amazon's buckets: of it, Pulumi names one type where it copies state.
package s3

// CopyObjectInput is what a bucket would be asked to copy. None is ever made.
type CopyObjectInput struct{ CopySource *string }
