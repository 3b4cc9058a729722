package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// usage is the processor time that each process has used, in milliseconds.
type usage map[string]float64

// ticksPerSecond is Linux's USER_HZ, which is 100 on every architecture that Go runs on.
const ticksPerSecond = 100

// processor reads what every process has used. Empty on systems without /proc.
func (s *stage) processor() usage {
	u := usage{}
	for name, pid := range map[string]int{
		"server": s.machine.Temporal.PID(), "api": s.machine.API.PID(), "worker": s.machine.Worker.PID(),
		"bare worker": s.peer.child.PID(), "clients and stand-in": os.Getpid(),
	} {
		if used, err := processorOf(pid); err == nil {
			u[name] = used
		}
	}
	return u
}

// processorOf is a process's time in user and system mode: fields 14 and 15 of proc(5), counted after the name
// in brackets, which may contain anything.
func processorOf(pid int) (milliseconds float64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	for _, field := range fields[11:13] {
		ticks, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return 0, err
		}
		milliseconds += ticks * 1000 / ticksPerSecond
	}
	return milliseconds, nil
}

// since is what was used from before until now, divided by n.
func (u usage) since(before usage, n int) usage {
	each := usage{}
	for name, used := range u {
		each[name] = (used - before[name]) / float64(n)
	}
	return each
}

func (u usage) String() string {
	var total float64
	var parts []string
	for _, name := range []string{"server", "worker", "api", "bare worker", "clients and stand-in"} {
		total += u[name]
		parts = append(parts, fmt.Sprintf("%s %.0f", name, u[name]))
	}
	return fmt.Sprintf("%.0f ms (%s)", total, strings.Join(parts, ", "))
}
