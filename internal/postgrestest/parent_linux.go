package postgrestest

import "syscall"

// dieWithParent has the server shut down when the test process ends in whatever way, as by a timeout.
func dieWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGQUIT }
