package entrasim_test

import (
	"testing"

	"hourglass/internal/entrasim"
)

func check(*testing.T, *entrasim.Sim) {}
