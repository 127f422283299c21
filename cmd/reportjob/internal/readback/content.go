package readback

import (
	"bytes"
	"slices"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// carries tells whether the cells of a table can be had from the file exactly as a manifest's content has them. A number
// without the zeros at its end, or a time without its offset, is not enough: which offset it had depends on what was known
// of the zone at the time.
func (s source) carries(columns []exporters.Column) bool {
	return !slices.ContainsFunc(columns, func(c exporters.Column) bool { return slices.Contains(s.lacks, c.Kind) })
}

// witness is the file that tells the content of the set: an intact one, and rather one that cuts no text; nil if there is
// none.
func (c *comparison) witness() (found *side) {
	for _, s := range c.sides {
		if s.intact && s.carries(c.columns) && (found == nil || found.cuts && !s.cuts) {
			found = s
		}
	}
	return found
}

// ask has a file tell the content, if the manifest says what it is.
func (c *comparison) ask(content string, columns []jobs.ManifestColumn) {
	if w := c.witness(); w != nil && content != "" {
		w.content = jobs.NewContent(columns)
	}
}

// digest adds the current row to the content. A text that was cut ends that: the file does not tell it then.
func (s *side) digest(columns []exporters.Column) {
	for i, text := range s.common {
		if s.content == nil {
			return
		}
		switch columns[i].Kind {
		case exporters.Int, exporters.Decimal, exporters.Money, exporters.Time:
			text = s.exact(s.cells[i])
		case exporters.Text, exporters.Code, exporters.List:
			if s.cuts && bytes.HasSuffix(text, []byte(cutMark)) {
				s.content = nil
				return
			}
		}
		s.content.Add(text)
	}
}

// exact is a cell as it stands in the file, but for the decimal mark of a locale.
func (s *side) exact(cell []byte) []byte {
	start := len(s.text)
	s.text = append(s.text, cell...)
	text := s.text[start:]
	if mark := bytes.IndexByte(text, ','); mark >= 0 {
		text[mark] = '.'
	}
	return text
}
