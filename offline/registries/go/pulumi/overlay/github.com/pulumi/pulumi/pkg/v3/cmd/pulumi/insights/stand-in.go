// Package insights stands in for the commands on accounts that the service Pulumi Cloud scans.
package insights

import (
	"errors"

	"github.com/spf13/cobra"
)

// NewInsightsCmd returns a command that says that it is left out.
func NewInsightsCmd() *cobra.Command {
	return &cobra.Command{
		Use:    "insights",
		Short:  "Left out of this build",
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("this build of Pulumi has no `pulumi insights`: use the official release of Pulumi")
		},
	}
}
