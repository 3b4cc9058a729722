package process

import (
	"fmt"
	"net"
)

// FreePort returns a local TCP port that nobody uses. A connection to it is left in TIME_WAIT, for which Linux
// does not hand the port out again for a minute, while a server that names it can still listen there.
func FreePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	dialled, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer dialled.Close()
	accepted, err := listener.Accept()
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	accepted.Close() // first, so that TIME_WAIT is on the listening side
	return listener.Addr().(*net.TCPAddr).Port, nil
}
