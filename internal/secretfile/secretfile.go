// Package secretfile reads the files that hold secrets: keysets, and settings that would otherwise stand in the
// environment. It refuses a file that others than its owner can read, because its content must then be treated as known.
package secretfile

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Read returns the content of a regular file of at most longest bytes that its owner alone can reach. Errors name the
// path and never quote the content.
func Read(path string, longest int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	// The open file is asked, not the path, so that both answers are about the same file.
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("%s has mode %04o, so others than its owner can reach the secret: run chmod 600 %s, and renew the secret if anybody else uses this machine",
			path, info.Mode().Perm(), path)
	}
	content, err := io.ReadAll(io.LimitReader(file, longest+1))
	if err == nil && int64(len(content)) > longest {
		err = errors.New(path + " is too long for what it should hold")
	}
	if err != nil {
		return nil, err
	}
	return content, nil
}
