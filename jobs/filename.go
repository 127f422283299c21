package jobs

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Template says how the files of a set are named, their extension aside. Words in braces stand for what differs from
// set to set: {report}, {api}, {window} as Window.Name has it, and {from}, {to} and {slot}, instants in UTC such as
// 20261121T050000Z. The zero Template is {report}_{window}. Templates can be compared by ==.
type Template struct{ text string }

const usualTemplate = "{report}_{window}"

// The bounds of names. File systems take 255 bytes. While files are made, their names have the report's in them too, an
// extension, a process and random digits.
const (
	longestBase   = 180
	longestWindow = "20261121T130000Z--20261121T141500Z"
)

// naming is what the names of a set's files are made of.
type naming struct {
	report, api string
	window      string // its name
	from, to    time.Time
	slot        time.Time
}

func (n naming) value(word string) (value string, ok bool) {
	switch word {
	case "report":
		return n.report, true
	case "api":
		return n.api, true
	case "window":
		return n.window, true
	case "from":
		return instantName(n.from), true
	case "to":
		return instantName(n.to), true
	case "slot":
		return instantName(n.slot), true
	}
	return "", false
}

// ParseTemplate reads a template. It refuses what could lead out of the report's folder, what a file system somewhere
// does not take, and names that two windows would share. Whether names become too long is for Check to say.
func ParseTemplate(s string) (Template, error) {
	t := Template{s}
	if s == usualTemplate {
		return Template{}, nil
	}
	seen := map[string]bool{}
	sample := naming{report: "report", api: "api", window: longestWindow}
	base, err := t.fill(func(word string) (string, bool) {
		seen[word] = true
		return sample.value(word)
	})
	switch {
	case err != nil:
	case !seen["window"] && !(seen["from"] && seen["to"]):
		err = errors.New("two windows would get one name, and one set would take the other's place: expected {window}, or {from} and {to}, somewhere in it")
	default:
		err = checkBase(base)
	}
	if err != nil {
		return Template{}, fmt.Errorf("file name %q: %w", clip(s), err)
	}
	return t, nil
}

// fill puts values into the places of words in braces.
func (t Template) fill(value func(word string) (string, bool)) (string, error) {
	var b strings.Builder
	for rest := t.String(); ; {
		literal, after, opened := strings.Cut(rest, "{")
		if strings.Contains(literal, "}") {
			return "", errors.New("there is a } without its {")
		}
		b.WriteString(literal)
		if !opened {
			return b.String(), nil
		}
		word, tail, closed := strings.Cut(after, "}")
		if !closed {
			return "", errors.New("there is a { without its }")
		}
		v, ok := value(word)
		if !ok {
			return "", fmt.Errorf("unknown word {%s}: expected {report}, {api}, {window}, {from}, {to} or {slot}", clip(word))
		}
		b.WriteString(v)
		rest = tail
	}
}

// checkBase says what is wrong with a name that files are to have, their extension aside.
func checkBase(base string) error {
	switch first, _, _ := strings.Cut(base, "."); {
	case !utf8.ValidString(base):
		return errors.New("it is not UTF-8")
	case strings.ContainsAny(base, `/\`):
		return errors.New(`a name holds no folders: / and \ cannot be in it`)
	case strings.ContainsAny(base, `<>:"|?*`):
		return errors.New(`< > : " | ? and * cannot be in the name of a file everywhere`)
	case strings.ContainsFunc(base, func(r rune) bool { return !unicode.IsPrint(r) }):
		return errors.New("there is a character in it that cannot be seen")
	case strings.HasPrefix(base, "."):
		return errors.New("names that begin with a point are hidden, and are not taken for delivered files")
	case strings.Contains(base, ".."):
		return errors.New("two points in a row cannot be in it")
	case strings.HasPrefix(base, "-"), strings.HasPrefix(base, " "), strings.HasSuffix(base, " "), strings.HasSuffix(base, "."):
		return errors.New("it cannot begin with a blank or -, nor end with a blank or a point")
	case strings.Contains(strings.ToLower(base+"."), ".manifest."), strings.HasPrefix(strings.ToLower(base), latestBase+"."):
		return errors.New(`".manifest" and "latest." are in the names of other files`)
	case reserved(first):
		return fmt.Errorf("%s is the name of a device on Windows", first)
	}
	return nil
}

// reserved tells whether Windows keeps a name for a device, whatever the extension.
func reserved(name string) bool {
	name = strings.ToUpper(strings.TrimRight(name, " "))
	switch name {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	port := strings.TrimLeft(name, "COMLPT")
	return len(name) == 4 && len(port) == 1 && port >= "0" && port <= "9" && (name[:3] == "COM" || name[:3] == "LPT")
}

// Check tells whether all names of a report's files can be used: they must not become too long.
func (t Template) Check(info Info) error {
	base := t.base(naming{report: info.Name, api: info.API, window: longestWindow})
	most := longestBase
	if !strings.HasPrefix(base, info.Name+"_") {
		most -= len(info.Name) + 1
	}
	if len(base) > most {
		return fmt.Errorf("file name %q: names of %s would have up to %d bytes before their extension: expected no more than %d",
			clip(t.String()), info.Name, len(base), most)
	}
	return checkBase(base)
}

// base is the name of a set's files, their extension aside. What was parsed has no mistake left to tell of.
func (t Template) base(n naming) string {
	base, _ := t.fill(n.value)
	return base
}

// String is the template as ParseTemplate reads it.
func (t Template) String() string {
	if t.text == "" {
		return usualTemplate
	}
	return t.text
}

// UnmarshalText reads a template, as ParseTemplate does.
func (t *Template) UnmarshalText(text []byte) error {
	parsed, err := ParseTemplate(string(text))
	if err == nil {
		*t = parsed
	}
	return err
}

// Base is the name of the order's files, their extension aside.
func (o Order) Base() string {
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	info := o.Job.Info()
	return o.Filename.base(naming{info.Name, info.API, o.Window.Name(zone), o.Window.From, o.Window.To, o.Slot})
}

// base is the name that the files of the manifest's set have, their extension aside. It is not to be told where the
// window's zone is not known.
func (m Manifest) base() (base string, ok bool) {
	zone, err := time.LoadLocation(m.Window.Zone)
	if err != nil {
		return "", false
	}
	t, err := ParseTemplate(m.Filename)
	if m.Filename != "" && err != nil {
		return "", false
	}
	if m.Filename == "" {
		t = Template{}
	}
	window := Window{m.Window.From, m.Window.To}
	return t.base(naming{m.Report, m.API, window.Name(zone), m.Window.From, m.Window.To, m.Slot}), true
}
