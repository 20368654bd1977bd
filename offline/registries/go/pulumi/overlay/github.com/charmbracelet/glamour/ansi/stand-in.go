// Package ansi stands in for the styles of Markdown, as far as Pulumi names them.
package ansi

// StyleConfig is a style of every part of a text.
type StyleConfig struct {
	Document, BlockQuote, Paragraph, Heading, Code  StyleBlock
	List                                            StyleList
	Link, LinkText, Item, Enumeration, Strong, Emph StylePrimitive
}

// StyleBlock is a style of a paragraph.
type StyleBlock struct {
	StylePrimitive
	Indent      *uint
	IndentToken *string
}

// StyleList is a style of a list.
type StyleList struct{ LevelIndent uint }

// StylePrimitive is a style of words.
type StylePrimitive struct {
	BlockPrefix, BlockSuffix string
	Bold, Italic, Underline  *bool
}
