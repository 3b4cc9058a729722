package seal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"hourglass/internal/secretfile"
)

// longestKeysetFile is far more than a keyset ever needs; more than that is another file.
const longestKeysetFile = 64 << 10

// LoadKeyset reads a keyset file. A file that its group or others may read is refused:
// the key must be treated as known to them.
func LoadKeyset(path string) (*Keyset, error) {
	text, err := ReadKeysetFile(path)
	if err != nil {
		return nil, err
	}
	keys, err := ParseKeyset(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

// ReadKeysetFile reads the clear form of a keyset, to be edited and written back with ReplaceKeysetFile.
func ReadKeysetFile(path string) (ClearKeyset, error) {
	text, err := secretfile.Read(path, longestKeysetFile)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyset, err)
	}
	return text, nil
}

// CreateKeysetFile writes a keyset where no file is yet; an existing one is never overwritten, because
// what is sealed under its keys would be lost. The file has mode 0600.
func CreateKeysetFile(path string, text ClearKeyset) error {
	return writeKeysetFile(path, text, os.Link) // link refuses an existing target, rename does not
}

// ReplaceKeysetFile writes an edited keyset over the earlier one. A reader sees either of them, whole. The file keeps its owner,
// who is as a rule the user of the product's processes and not the root that edits it.
func ReplaceKeysetFile(path string, text ClearKeyset) error {
	return writeKeysetFile(path, text, func(from, to string) error {
		if err := keepOwner(from, to); err != nil {
			return err // better the earlier one than one that nobody can read
		}
		return os.Rename(from, to)
	})
}

// keepOwner gives a file to the owner of the one that it is to replace.
func keepOwner(file, replaces string) error {
	info, err := os.Stat(replaces)
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t)
	return os.Chown(file, int(owner.Uid), int(owner.Gid))
}

func writeKeysetFile(path string, text ClearKeyset, place func(from, to string) error) (err error) {
	if _, err := ParseKeyset(text); err != nil {
		return err
	}
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, ".keyset-*") // mode 0600 from the start
	if err != nil {
		return fmt.Errorf("writing a keyset: %w", err)
	}
	defer func() {
		if removed := os.Remove(file.Name()); removed != nil && !errors.Is(removed, os.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("a copy of the keyset was left behind: %w", removed))
		}
	}()
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("writing a keyset: %w", err)
	}
	if err := place(file.Name(), path); err != nil {
		return fmt.Errorf("writing a keyset: %w", err)
	}
	return syncFolder(folder)
}

// syncFolder makes a new name in a folder survive a power cut.
func syncFolder(folder string) error {
	handle, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("writing a keyset: %w", err)
	}
	if err := errors.Join(handle.Sync(), handle.Close()); err != nil {
		return fmt.Errorf("writing a keyset: %w", err)
	}
	return nil
}
