package jobs

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// place is where the files of a run go, and how.
type place struct {
	output, report string
	base           string // of the file names
	hook           func(step string) error
	symlink        func(target, path string) error
	link           func(name, second string) error
	space          func(folder string) (bytes uint64, ok bool)
}

// set is the files of one run, which appear in their folder all at once or not at all. They are written under hidden
// names; publish takes the old manifest away, gives the files their names and then their manifest its own. At any
// moment, a manifest under its name is right about the files beside it.
type set struct {
	place
	folder   string
	lock     *os.File // the folder, open and locked
	files    []*file
	manifest *file
	more     []*file // what is made beside the set's own files
	hooking  sync.Mutex
	hid      bool     // hideLatest took the manifest of latest away
	other    string   // the name that the file of a bundle would have had: nothing of that name may stay
	aside    []*file  // the set of before, under hidden names, while this one takes its place
	replaced *file    // its manifest, likewise
	lone     bool     // not all of its files have such names
	ended    []string // manifests of sets that a killed run had made, and that clear delivered
}

// file is a file of a set while it has its hidden name.
type file struct {
	open   *os.File // no part of it: who writes must not get past the buffer, as by its ReadFrom
	set    *set
	name   string // to be
	hidden string
	buffer *bufio.Writer
	hash   hash.Hash
	bytes  int64
	err    error // the first that the disk answered with
}

// openSet locks the folder of a report, clears it of what killed runs left behind, and opens a file for each name under
// a hidden one. All that can be known to fail fails here, before anything is requested. waiting is called if another
// process has the folder.
func openSet(ctx context.Context, p place, exts []string, waiting func()) (*set, error) {
	s := &set{place: p, folder: filepath.Join(p.output, p.report)}
	if p.report == "" || filepath.Base(p.report) != p.report || !filepath.IsLocal(p.report) {
		return nil, fmt.Errorf("report %q: this cannot be the name of a folder", p.report)
	}
	if err := s.open(ctx, exts, waiting); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *set) open(ctx context.Context, exts []string, waiting func()) (err error) {
	if err := os.MkdirAll(s.folder, 0o755); err != nil {
		return output(s.folder, err)
	}
	if s.lock, err = os.Open(s.folder); err != nil {
		return output(s.folder, err)
	}
	if err := waitForLock(ctx, s.lock, waiting); err != nil {
		return output(s.folder, fmt.Errorf("another run is writing here: %w", err))
	}
	if err := s.clear(); err != nil {
		return err
	}
	for _, ext := range exts {
		f, err := s.create(s.base + "." + ext)
		if err != nil {
			return err
		}
		s.files = append(s.files, f)
	}
	if s.manifest, err = s.create(s.base + manifestExt); err != nil {
		return err
	}
	if err := s.manifest.reserve(); err != nil {
		return err
	}
	if free, ok := s.free(); ok && free < leastSpace {
		return output(s.folder, &spaceError{free, leastSpace})
	}
	return nil
}

// leastSpace is how many bytes must be free for a run to begin at all: a small report fits in.
const leastSpace = 256 << 10

// free is how much room there is for the set.
func (s *set) free() (bytes uint64, ok bool) {
	if s.space != nil {
		return s.space(s.folder)
	}
	return freeSpace(s.folder)
}

func (s *set) create(name string) (*file, error) {
	if err := s.step("create " + name); err != nil {
		return nil, err
	}
	hidden := s.hidden(name)
	f, err := os.OpenFile(filepath.Join(s.folder, hidden), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, output(s.folder, err)
	}
	made := &file{open: f, set: s, name: name, hidden: hidden, hash: sha256.New()}
	made.buffer = bufio.NewWriterSize((*disk)(made), 1<<16)
	return made, nil
}

// spool opens a file for what goes into one of the set's own later.
func (s *set) spool(n int) (*file, error) {
	f, err := s.create(fmt.Sprintf("%s.part%d", s.base, n))
	if err == nil {
		s.more = append(s.more, f)
	}
	return f, err
}

// discard removes a file that is needed no more, so that its room is free at once.
func (f *file) discard() {
	f.open.Close()
	if os.Remove(filepath.Join(f.set.folder, f.hidden)) == nil {
		f.hidden = ""
	}
}

// disk is the side of a file that its buffer is emptied to.
type disk file

func (d *disk) Write(p []byte) (n int, err error) {
	f := (*file)(d)
	if err = f.set.step("write " + f.name); err == nil {
		n, err = f.open.Write(p)
	}
	f.hash.Write(p[:n])
	f.bytes += int64(n)
	if err != nil && f.err == nil {
		f.err = output(filepath.Join(f.set.folder, f.name), err)
	}
	return n, err
}

// Write is what an exporters.Writer writes to.
func (f *file) Write(p []byte) (int, error) { return f.buffer.Write(p) }

// ReadAt reads back what was written, once the buffer was emptied.
func (f *file) ReadAt(p []byte, at int64) (int, error) { return f.open.ReadAt(p, at) }

// reserve finds out whether the disk takes a few bytes more, without leaving them there.
func (f *file) reserve() error {
	path := filepath.Join(f.set.folder, f.name)
	if err := f.set.step("reserve"); err != nil {
		return err
	}
	if _, err := f.open.Write(make([]byte, 4096)); err != nil {
		return output(path, err)
	}
	if err := f.open.Sync(); err != nil {
		return output(path, err)
	}
	if err := f.open.Truncate(0); err != nil {
		return output(path, err)
	}
	_, err := f.open.Seek(0, 0)
	return output(path, err)
}

// finish brings everything onto the disk.
func (f *file) finish() error {
	if err := f.buffer.Flush(); err != nil {
		return f.err
	}
	if err := f.set.step("sync " + f.name); err != nil {
		return err
	}
	err := f.open.Sync()
	if closed := f.open.Close(); err == nil {
		err = closed
	}
	return output(filepath.Join(f.set.folder, f.name), err)
}

// finish completes the data files. What they weigh is known then.
func (s *set) finish() error {
	for _, f := range s.files {
		if err := f.finish(); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) sum() string { return hex.EncodeToString(f.hash.Sum(nil)) }

func (s *set) rename(f *file) error {
	path := filepath.Join(s.folder, f.name)
	if err := s.step("rename " + f.name); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(s.folder, f.hidden), path); err != nil {
		return output(path, err)
	}
	f.hidden = ""
	return nil
}

func (s *set) remove(name string) error {
	if err := s.step("remove " + name); err != nil {
		return err
	}
	path := filepath.Join(s.folder, name)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return output(path, err)
	}
	return nil
}

// sync brings the names in the folder onto the disk, where the system can do that with a folder.
func (s *set) sync() error {
	if err := s.step("sync folder"); err != nil {
		return err
	}
	return output(s.folder, syncFolder(s.lock))
}

func (s *set) step(name string) error {
	if s.hook == nil {
		return nil
	}
	s.hooking.Lock() // files are written side by side
	defer s.hooking.Unlock()
	return output(s.folder, s.hook(name))
}

// close removes what has still its hidden name, and lets others have the folder.
func (s *set) close() {
	for _, f := range slices.Concat(s.files, s.more, s.aside, []*file{s.manifest, s.replaced}) {
		if f != nil {
			f.open.Close() // for the second time, often; a link is no open file at all
			if f.hidden != "" {
				os.Remove(filepath.Join(s.folder, f.hidden))
			}
		}
	}
	if s.lock != nil {
		s.lock.Close()
	}
}

// waitForLock waits until no other process writes to the folder, or the context ends.
func waitForLock(ctx context.Context, folder *os.File, waiting func()) error {
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		free, err := tryLock(folder)
		if err != nil || free {
			return nil // where the file system knows no locks, we go on without
		}
		if waiting != nil {
			waiting()
			waiting = nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}
