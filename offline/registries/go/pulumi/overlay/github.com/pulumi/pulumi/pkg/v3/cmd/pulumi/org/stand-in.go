// Package org stands in for the commands on organizations of the service Pulumi Cloud.
package org

import (
	"errors"

	"github.com/spf13/cobra"
)

// NewOrgCmd returns a command that says that it is left out.
func NewOrgCmd() *cobra.Command {
	return &cobra.Command{
		Use:    "org",
		Short:  "Left out of this build",
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("this build of Pulumi has no `pulumi org`: use the official release of Pulumi")
		},
	}
}
