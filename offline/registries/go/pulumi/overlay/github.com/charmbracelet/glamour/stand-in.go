// Package glamour stands in for colours in Markdown: the text is shown as it is.
package glamour

import "github.com/charmbracelet/glamour/ansi"

// TermRenderer shows Markdown.
type TermRenderer struct{}

// TermRendererOption would say how.
type TermRendererOption struct{}

// NewTermRenderer makes one.
func NewTermRenderer(...TermRendererOption) (*TermRenderer, error) { return &TermRenderer{}, nil }

// Render returns the text as it is.
func (*TermRenderer) Render(markdown string) (string, error) { return markdown, nil }

// WithAutoStyle changes nothing.
func WithAutoStyle() TermRendererOption { return TermRendererOption{} }

// WithStyles changes nothing.
func WithStyles(ansi.StyleConfig) TermRendererOption { return TermRendererOption{} }

// WithWordWrap changes nothing.
func WithWordWrap(int) TermRendererOption { return TermRendererOption{} }
