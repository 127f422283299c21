package rest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Store is where tokens outlive a run.
type Store interface {
	// Load gives a small JSON document by name; fs.ErrNotExist if there is none.
	Load(name string) ([]byte, error)
	// Save keeps a document. When it has returned, the document is on the disk.
	Save(name string, data []byte) error
	// Lock excludes everybody else, other processes included, until unlock is called.
	Lock(ctx context.Context, name string) (unlock func(), err error)
}

// FileStore keeps each document in a file of its own (mode 0600) in one folder (mode 0700).
type FileStore struct{ dir string }

// NewFileStore uses a folder, which the first Save or Lock makes.
func NewFileStore(dir string) *FileStore { return &FileStore{dir} }

// Load reads a document.
func (s *FileStore) Load(name string) ([]byte, error) {
	path, err := s.path(name)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// Save writes a document under another name, has it reach the disk, and only then gives it its own, so that whatever
// happens meanwhile, the old one or the new one is there.
func (s *FileStore) Save(name string, data []byte) (err error) {
	path, err := s.path(name)
	if err != nil {
		return err
	}
	if err := s.prepare(); err != nil {
		return err
	}
	s.sweep(filepath.Base(path))
	temporary, err := os.CreateTemp(s.dir, filepath.Base(path)+".tmp*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary.Name())
		}
	}()
	_, err = temporary.Write(data)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(temporary.Name(), path); err != nil {
		return err
	}
	return syncDir(s.dir)
}

// abandoned is the age at which what lies around was left behind by a process that is gone: more than anybody holds a lock
// or takes to write a file.
const abandoned = 10 * time.Minute

// sweep clears what a killed process left behind.
func (s *FileStore) sweep(name string) {
	left, _ := filepath.Glob(filepath.Join(s.dir, name+".tmp*"))
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(path)
		}
	}
}

// Lock waits for the lock of a document. It is bound to the process: a killed one holds none.
func (s *FileStore) Lock(ctx context.Context, name string) (unlock func(), err error) {
	path, err := s.path(name)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	for {
		unlock, ok, err := tryLock(path + ".lock")
		if err != nil {
			return nil, fmt.Errorf("token lock: %w", err)
		}
		if ok {
			return unlock, nil
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// prepare makes the folder, and keeps others out of it.
func (s *FileStore) prepare() error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(s.dir)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return os.Chmod(s.dir, 0o700)
}

// path is the file of a document.
func (s *FileStore) path(name string) (string, error) {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
	}
	if name == "" || strings.TrimFunc(name, plain) != "" {
		return "", fmt.Errorf("token store: %q is not a name of letters, digits, - and _", name)
	}
	return filepath.Join(s.dir, name+".json"), nil
}
