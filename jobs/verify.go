package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Inspect reads delivered files of one set, side by side, and tells what it found in each of them.
type Inspect = func(m Manifest, files []OpenFile) []Found

// OpenFile is a file of a set, open at its beginning.
type OpenFile struct {
	File
	Content *os.File
	Intact  bool // it has the checksum that its manifest says
}

// Found is what is in a file.
type Found struct {
	Columns  []string // of its header; nil if it has none
	Rows     int64
	Content  string   // as manifests have it; empty if the file does not tell, or nobody asked it
	Problems []string // in sentences: what it says otherwise than the other files do
	Err      error    // why it could not be read to its end
	Members  []Found  // of the file of a bundle: of each report, in the manifest's order; nothing of one that is missing
}

// Verification is what the proof of a set, or of one file, came to.
type Verification struct {
	Path     string   `json:"path"`
	Report   string   `json:"report"`
	OK       bool     `json:"ok"`
	Problems []string `json:"problems"`
}

// Verify proves delivered files against their manifests: that they are there, have the size, the checksum, the rows
// and the columns that the manifest says. The path is that of a manifest, whose files are all proven; of a file, whose
// manifest lies beside it; or of a folder, below which all are proven, and a file that no manifest lists is a problem.
// Hidden files and those of desktops are passed over. The files of a set must say the same, too, and where one of them is
// damaged, the others tell what it should say. inspect may be nil; rows, columns and cells are then taken for proven by
// the checksum.
func Verify(path string, inspect Inspect) []Verification {
	info, err := os.Stat(path)
	switch {
	case Missing(path):
		return []Verification{verifyOne(path, inspect)}
	case err != nil:
		return []Verification{verified(path, "", cause(err))}
	case info.IsDir():
		return verifyFolder(path, inspect)
	case strings.HasSuffix(path, manifestExt):
		v, _ := verifySet(path, inspect)
		return []Verification{v}
	}
	return []Verification{verifyOne(path, inspect)}
}

// Missing tells whether a manifest says that there is a file at a path where there is none.
func Missing(path string) bool {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	_, _, file, err := manifestBeside(filepath.Clean(path))
	return err == nil && file != nil
}

func verified(path, report string, problems ...string) Verification {
	if problems == nil {
		problems = []string{}
	}
	return Verification{Path: path, Report: report, OK: len(problems) == 0, Problems: problems}
}

// cause is an error without the path, which whoever reads it sees anyway.
func cause(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

func verifyFolder(root string, inspect Inspect) []Verification {
	w := walk{root: root, inspect: inspect, listed: map[string]bool{}}
	if err := filepath.WalkDir(root+string(filepath.Separator), w.visit); err != nil {
		w.all = append(w.all, verified(root, "", cause(err)))
	}
	all := append(w.all, verifyLatest(w.aliases, w.listed, inspect, len(w.all) == 0)...)
	for _, path := range w.files {
		if !w.listed[path] {
			all = append(all, verified(path, "", "not delivered: no manifest lists it"))
		}
	}
	if len(all) == 0 {
		all = append(all, verified(root, "", "nothing was delivered here"))
	}
	return all
}

// walk is what is found below a folder.
type walk struct {
	root           string
	inspect        Inspect
	all            []Verification
	files, aliases []string
	listed         map[string]bool // paths of manifests and of the files in them
}

// visit takes what lies at a path. It is a fs.WalkDirFunc.
func (w *walk) visit(path string, entry fs.DirEntry, err error) error {
	path = filepath.Clean(path)
	hidden := strings.HasPrefix(entry.Name(), ".") && path != filepath.Clean(w.root)
	switch {
	case err != nil:
		w.all = append(w.all, verified(path, "", cause(err)))
	case hidden && entry.IsDir():
		return fs.SkipDir
	case hidden || entry.IsDir():
	case w.leadsToReport(path, entry):
		w.follow(path)
	case strings.HasPrefix(entry.Name(), latestBase+"."):
		w.aliases = append(w.aliases, path)
	case strings.HasSuffix(path, manifestExt):
		v, names := verifySet(path, w.inspect)
		w.all = append(w.all, v)
		w.listed[path] = true
		for _, name := range names {
			w.listed[filepath.Join(filepath.Dir(path), name)] = true
		}
	case !ofDesktop(entry.Name()):
		w.files = append(w.files, path)
	}
	return nil
}

// desktops has, in lower case, what desktops leave in folders where people look into files: Excel's owner file beside a
// workbook that is open, and what Windows knows of a folder. They come and go, and say nothing of a delivery. Those of
// LibreOffice and macOS are hidden, and passed over for that.
var desktops = [...]string{"~$*", "thumbs.db", "desktop.ini"}

// ofDesktop tells whether a file is one of those that desktops leave.
func ofDesktop(name string) bool {
	return slices.ContainsFunc(desktops[:], func(pattern string) bool {
		match, _ := filepath.Match(pattern, strings.ToLower(name)) // the patterns have no mistake
		return match
	})
}

// leadsToReport tells whether a path is a link right below the root that leads to a folder: that of a report may lie on
// another disk, and is delivered to all the same.
func (w *walk) leadsToReport(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 || filepath.Dir(path) != filepath.Clean(w.root) {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// follow takes the files of a report's folder that is a link, and nothing below: a link may lead back to where it lies.
func (w *walk) follow(folder string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		w.all = append(w.all, verified(folder, "", cause(err)))
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			_ = w.visit(filepath.Join(folder, entry.Name()), entry, nil) // it skips folders alone
		}
	}
}

// verifyLatest proves the names of latest. They are other names of what is proven already, and so only what is wrong with
// them is told, unless there is nothing else. listed are the paths of manifests and of the files in them.
func verifyLatest(aliases []string, listed map[string]bool, inspect Inspect, alone bool) (all []Verification) {
	proven := map[string]bool{}
	manifest := func(path string) bool { return strings.HasSuffix(path, manifestExt) }
	rest := slices.DeleteFunc(slices.Clone(aliases), manifest)
	aliases = slices.DeleteFunc(aliases, func(path string) bool { return !manifest(path) })
	for _, path := range append(aliases, rest...) { // manifests first: they tell of the other files
		folder := filepath.Dir(path)
		if target, err := os.Readlink(path); proven[path] || err == nil && listed[filepath.Join(folder, target)] {
			continue
		}
		var v Verification
		if manifest(path) {
			var names []string
			v, names = verifySet(path, inspect)
			for _, name := range names {
				proven[filepath.Join(folder, name)] = true
			}
		} else {
			v = verifyOne(path, inspect)
		}
		if !v.OK || alone {
			all = append(all, v)
		}
	}
	return all
}

// verifySet proves a set by its manifest, and tells the names of its files.
func verifySet(path string, inspect Inspect) (v Verification, names []string) {
	path = filepath.Clean(path)
	m, err := ReadManifest(path)
	if err != nil {
		return verified(path, "", err.Error()), nil
	}
	var problems []string
	name := strings.TrimSuffix(filepath.Base(path), manifestExt)
	if base, ok := m.base(); ok && name != base && name != latestBase {
		problems = append(problems, fmt.Sprintf("the manifest is one of report %s, and would be named %s", m.Report, base+manifestExt))
	}
	if len(m.Files) == 0 {
		problems = append(problems, "the manifest lists no files")
	}
	files := m.beside(name)
	for i, list := range verifyFiles(filepath.Dir(path), m, files, inspect) {
		names = append(names, files[i].Name)
		for _, problem := range list {
			problems = append(problems, files[i].Name+": "+problem)
		}
	}
	return verified(path, m.Report, problems...), names
}

// beside is the manifest's files by the names that they have beside a manifest of some name: their own ones, or those of
// latest.
func (m Manifest) beside(name string) []File {
	base, ok := m.base()
	if name != latestBase || !ok {
		return m.Files
	}
	files := slices.Clone(m.Files)
	for i, f := range files {
		if f.of(base) {
			files[i].Name = latestBase + strings.TrimPrefix(f.Name, base)
		}
	}
	return files
}

// verifyOne proves one file by the manifest beside it.
func verifyOne(path string, inspect Inspect) Verification {
	path = filepath.Clean(path)
	beside, m, file, err := manifestBeside(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return verified(path, "", "not delivered: there is no manifest beside it")
	case err != nil:
		return verified(path, "", err.Error())
	case file == nil:
		return verified(path, m.Report, "not delivered: the manifest "+beside+" does not list it")
	}
	return verified(path, m.Report, verifyFiles(filepath.Dir(path), m, []File{*file}, inspect)[0]...)
}

// manifestBeside is the manifest to which a file belongs by its name, and the file in it, nil if it is not listed there.
// The error is fs.ErrNotExist if there is no such manifest. The file need not be there. Of several manifests, it is the
// first that lists the file, or else the first: the name of one set may go on where that of another one ends.
func manifestBeside(path string) (beside string, m Manifest, file *File, err error) {
	folder, name := filepath.Split(path)
	err = fs.ErrNotExist
	for i := range name { // calls_2026-11-21.csv.gz: which of the points begins the extension?
		if name[i] != '.' || i == 0 {
			continue
		}
		candidate := filepath.Join(folder, name[:i]+manifestExt)
		read, failed := ReadManifest(candidate)
		if errors.Is(failed, fs.ErrNotExist) {
			continue
		}
		for _, f := range read.beside(name[:i]) {
			if f.Name == name {
				return candidate, read, &f, nil
			}
		}
		if beside == "" {
			beside, m, err = candidate, read, failed
		}
	}
	return beside, m, nil, err
}

// verifyFiles tells what is wrong with each of some files of a set.
func verifyFiles(folder string, m Manifest, files []File, inspect Inspect) [][]string {
	problems := make([][]string, len(files))
	var opened []OpenFile
	var places []int // of the opened ones among all
	intact := false
	for i, want := range files {
		f, sound, list := verifyFile(folder, m, want)
		problems[i] = list
		if f == nil {
			continue
		}
		defer f.Close()
		opened, places = append(opened, OpenFile{want, f, sound}), append(places, i)
		intact = intact || sound
	}
	if inspect == nil || !intact { // nothing is known to be right that others could be held against
		return problems
	}
	for i, found := range inspect(m, opened) {
		problems[places[i]] = append(problems[places[i]], verifyTable(m, files[places[i]], found)...)
	}
	return problems
}

// verifyFile tells what is wrong with a file from outside, and gives it open if it can be read: intact or not.
func verifyFile(folder string, m Manifest, want File) (f *os.File, intact bool, problems []string) {
	if filepath.Base(want.Name) != want.Name || !filepath.IsLocal(want.Name) {
		return nil, false, []string{"this cannot be the name of a file"}
	}
	path := filepath.Join(folder, want.Name)
	if info, err := os.Stat(path); err != nil {
		return nil, false, []string{cause(err)}
	} else if !info.Mode().IsRegular() {
		return nil, false, []string{"it is not a file"}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, false, []string{cause(err)}
	}
	problem, err := wrong(f, want)
	if err != nil {
		f.Close()
		return nil, false, []string{cause(err)}
	}
	if problem != "" {
		problems = append(problems, problem)
	}
	if want.Rows != m.Rows {
		problems = append(problems, fmt.Sprintf("the manifest says %d rows for the file and %d for the report", want.Rows, m.Rows))
	}
	return f, problem == "", problems
}

// isAs tells whether a file is what its manifest says, as far as its bytes tell.
func (f File) isAs(folder string, m Manifest) bool {
	file, _, problems := verifyFile(folder, m, f)
	if file != nil {
		file.Close()
	}
	return len(problems) == 0
}

// wrong says how a file's bytes are not those of the manifest, if they are not, and goes back to their beginning.
func wrong(f *os.File, want File) (problem string, err error) {
	hash := sha256.New()
	size, err := io.Copy(hash, f)
	if err != nil {
		return "", err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	switch sum := hex.EncodeToString(hash.Sum(nil)); {
	case size != want.Bytes:
		return fmt.Sprintf("it has %d bytes, the manifest says %d", size, want.Bytes), nil
	case sum != want.SHA256:
		return fmt.Sprintf("its SHA-256 is %s, the manifest says %s", sum, want.SHA256), nil
	}
	return "", nil
}

// verifyTable tells what is wrong with the rows and columns of a file.
func verifyTable(m Manifest, want File, found Found) (problems []string) {
	if found.Err != nil {
		return append(found.Problems, found.Err.Error())
	}
	if len(m.Members) > 0 {
		return append(verifyMembers(m, found), found.Problems...)
	}
	return append(verifyRows(want.Rows, m.Columns, m.Content, found), found.Problems...)
}

// verifyMembers tells what is wrong with the tables in the file of a bundle.
func verifyMembers(m Manifest, found Found) (problems []string) {
	rows := int64(0)
	for i, member := range m.Members {
		rows += member.Rows
		if member.Verdict == Failed || i >= len(found.Members) {
			continue
		}
		list := verifyRows(member.Rows, member.Columns, member.Content, found.Members[i])
		if err := found.Members[i].Err; err != nil {
			list = []string{err.Error()}
		}
		for _, problem := range list {
			problems = append(problems, member.Report+": "+problem)
		}
	}
	if rows != m.Rows {
		problems = append(problems, fmt.Sprintf("the manifest says %d rows, and %d for its reports", m.Rows, rows))
	}
	return problems
}

// verifyRows tells what is wrong with a table.
func verifyRows(rows int64, columns []ManifestColumn, content string, found Found) (problems []string) {
	if found.Rows != rows {
		problems = append(problems, fmt.Sprintf("it has %d rows, the manifest says %d", found.Rows, rows))
	}
	same := func(header string, c ManifestColumn) bool { return c.shows(header) }
	if found.Columns != nil && !slices.EqualFunc(found.Columns, columns, same) {
		var names []string
		for _, c := range columns {
			names = append(names, c.Name)
		}
		problems = append(problems, fmt.Sprintf("its columns are %s, the manifest says %s", strings.Join(found.Columns, ", "), strings.Join(names, ", ")))
	}
	if told := found.Content != "" && content != ""; told && found.Content != content && len(problems) == 0 {
		problems = append(problems, fmt.Sprintf("its cells are not those that were delivered: their digest is %s, the manifest says %s as content", found.Content, content))
	}
	return problems
}
