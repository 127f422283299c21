package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// values are the variables of an environment after X_FILE and credentials are read: what is set, and not empty.
type values map[string]string

// valuesOf are the variables of an environment that are not empty.
func valuesOf(environ []string) values {
	set := values{}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && value != "" {
			set[name] = value
		}
	}
	return set
}

// resolve gives every known variable its value: its own, else what the file at X_FILE holds, else the credential of
// its name in lower case. An empty variable is one that is not set.
func (set values) resolve(known func(name string) bool, problems *Problems) {
	set.trim(known, problems)
	for _, name := range slices.Sorted(maps.Keys(set)) {
		target, ok := strings.CutSuffix(name, "_FILE")
		if !ok || known(name) || !known(target) {
			continue
		}
		path := set[name]
		delete(set, name)
		if _, both := set[target]; both {
			problems.add(name, "%s is set too: give the value or the file, not both", target)
			continue
		}
		set.read(target, path, name, problems)
	}
	set.readCredentials(set["CREDENTIALS_DIRECTORY"], known, problems)
}

// trim takes line ends off the ends of values: they come with Windows line ends, from echo, and from blocks of YAML, and nobody
// sees them. In a credential one may be meant, and an API would say no more than that it is wrong, so that it is a mistake
// there, as any other control character is anywhere. What stands before them is not shown.
func (set values) trim(known func(name string) bool, problems *Problems) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		value := strings.TrimRightFunc(set[name], unicode.IsControl)
		end := set[name][len(value):]
		if end == "" || !known(name) && !known(strings.TrimSuffix(name, "_FILE")) {
			continue
		}
		if secret(name) || strings.Trim(end, "\r\n") != "" {
			problems.add(name, "expected no line end or other control character behind the value, found %q there: take it off (Windows line ends in a file of variables leave one, and so does echo without -n)", end)
		}
		if set[name] = value; value == "" {
			delete(set, name)
		}
	}
}

// read sets a variable to what a file holds, without one newline at its end.
func (v values) read(variable, path, source string, problems *Problems) {
	data, err := os.ReadFile(path)
	if err != nil {
		problems.add(source, "%s", unreadable(variable, source, err))
		return
	}
	if strings.ContainsRune(string(data), 0) {
		problems.add(source, "the file %s holds a zero byte: expected text", path)
		return
	}
	if value := cutNewline(string(data)); value != "" {
		v[variable] = value
		return
	}
	problems.add(source, "the file %s is empty", path)
}

// unreadable says why a file cannot be read. Where a path to a secret is expected, the secret itself is a likely mistake,
// so that what stands there is not shown.
func unreadable(variable, source string, err error) string {
	var file *fs.PathError
	if source != variable && secret(variable) && errors.As(err, &file) {
		return fmt.Sprintf("the file cannot be read: %v; expected the path of a file that holds the value, not the value: that is for %s", file.Err, variable)
	}
	return fmt.Sprintf("the file cannot be read: %v", err)
}

func cutNewline(s string) string {
	s = strings.TrimSuffix(s, "\n")
	return strings.TrimSuffix(s, "\r")
}

// readCredentials sets the variables that are not set from the files that systemd's LoadCredential puts into a folder.
// Files of other names are not ours.
func (v values) readCredentials(dir string, known func(string) bool, problems *Problems) {
	if dir == "" {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		problems.add("CREDENTIALS_DIRECTORY", "the folder cannot be read: %v", err)
		return
	}
	for _, entry := range entries {
		variable := strings.ToUpper(entry.Name())
		if _, isSet := v[variable]; isSet || entry.Name() != strings.ToLower(entry.Name()) || !known(variable) {
			continue
		}
		v.read(variable, filepath.Join(dir, entry.Name()), variable, problems)
	}
}

// ReadEnvFile reads a file of NAME=value lines, in the form that docker --env-file, systemd's EnvironmentFile and
// Kubernetes understand alike: lines that are empty or begin with # do not count, a value ends with its line, and one
// pair of quotes around a whole value is taken off, as systemd does. Problems are the lines that are none of these; their
// text may be a secret.
func ReadEnvFile(path string) (environ []string, problems Problems, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("env file: %w", err)
	}
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsAny(name, " \t\"'") {
			problems.add("env file", "%s, line %d: expected NAME=value", path, i+1)
			continue
		}
		environ = append(environ, name+"="+unquote(strings.TrimSpace(value)))
	}
	return environ, problems, nil
}

func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// Merge is base with the variables of over, which win where both name one.
func Merge(base, over []string) []string {
	merged := values{}
	for _, environ := range [][]string{base, over} {
		for _, entry := range environ {
			if name, value, ok := strings.Cut(entry, "="); ok {
				merged[name] = value
			}
		}
	}
	var environ []string
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		environ = append(environ, name+"="+merged[name])
	}
	return environ
}
