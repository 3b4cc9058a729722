//go:build !linux

package postgrestest

import "syscall"

// dieWithParent can do nothing here: a test process that is killed leaves its server behind.
func dieWithParent(*syscall.SysProcAttr) {}
