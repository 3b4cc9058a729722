package entrasim

import "net/http"

type flows struct{}

func newFlows() *flows                      { return &flows{} }
func (s *Sim) adminHandler() http.Handler   { return http.NewServeMux() }
func (s *Sim) controlHandler() http.Handler { return http.NewServeMux() }
